# `make run` and `make test` need nothing but Swift on PATH: the set-up installs the rest.
PREFIX ?= /usr/local
RELEASE = -c release --static-swift-stdlib
FORMATTED = Package.swift Sources Tests samples/generator Benchmarks

.PHONY: all run test outside bench bench-smoke fuzz samples install deb format lint docs setup

all: setup
	swift build $(RELEASE) --product millrace

run: all
	.build/release/millrace run pipelines/quickstart.yaml

# Programs that read what a run has written, to see whether they see the same.
outside:
	scripts/setup.sh dpkg-dev libreoffice-calc-nogui miller postgresql python3-pip
	[ -d .build/outside/frictionless ] || python3 -m pip install --quiet --disable-pip-version-check \
	    --root-user-action=ignore --target .build/outside -r Tests/Outside/requirements.txt 2>/dev/null

test: setup outside
	MILLRACE_WARNINGS=error swift build --build-tests
	MILLRACE_WARNINGS=error swift test --skip-build --parallel --skip TimingTests
	MILLRACE_WARNINGS=error swift test --skip-build --filter TimingTests
	$(MAKE) bench-smoke

bench: all
	scripts/setup.sh miller time python3-pip wrk
	swift build $(RELEASE) --product generate-samples
	swift build $(RELEASE) --product bench-service
	swift build $(RELEASE) --product bench-ledger
	Benchmarks/bench.sh

# The benchmarks on a few rows and the debug build, to see that they work.
bench-smoke:
	scripts/setup.sh miller time python3-pip wrk
	BENCH_BINARY=$(CURDIR)/.build/debug/millrace BENCH_BUILD=$(CURDIR)/.build/debug Benchmarks/bench.sh --smoke

# Looks for bytes that a reader stumbles over, an hour in all.
fuzz: setup
	scripts/fuzz.sh

# Makes samples/ anew; the same seed gives the same bytes.
samples: setup
	swift run generate-samples samples

install: all
	scripts/install.sh .build/release/millrace $(PREFIX) $(DESTDIR)

deb: all
	scripts/setup.sh dpkg-dev
	scripts/deb.sh .build/release/millrace .build

format:
	swift format format --in-place --parallel --recursive $(FORMATTED)

lint:
	swift format lint --strict --parallel --recursive $(FORMATTED)

# What is made from the program itself; tests hold it to the code.
docs:
	swift build --product millrace
	for file in pipeline waterfall serve; do \
	  .build/debug/millrace schema $$file --format markdown > docs/$$file-reference.md || exit 1; done
	.build/debug/millrace manual > docs/millrace.1

setup:
	@scripts/setup.sh
