#!/usr/bin/env bash
# Feeds each reader with bytes that look for new ways through it (libFuzzer, with the address sanitizer).
# What it finds lies in .build/fuzz/READER/crash-*; each becomes a test in Tests/InputTests.
#
#     scripts/fuzz.sh [SECONDS [READER...]]
#
# 500 seconds a reader by default, an hour in all; readers are csv json xml html sheet encoding archive.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-500}
shift || true
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=(csv json xml html sheet encoding archive)

out=$PWD/.build/fuzz
mkdir -p "$out"
doors=()
for door in CLibArchive CLibCSV CLibXML2 CZlib; do doors+=(-Xcc "-fmodule-map-file=$PWD/Sources/$door/module.modulemap"); done
cat >"$out/module.modulemap" <<EOF
module CSimdJSON { header "$PWD/Sources/CSimdJSON/include/CSimdJSON.h" export * }
EOF
flags=(
    -O -swift-version 6 -package-name millrace -sanitize=fuzzer,address -parse-as-library
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -I "$out"
)
clang++ -std=c++17 -O1 -g -fsanitize=fuzzer-no-link,address -I Sources/CSimdJSON/include \
    -c Sources/CSimdJSON/CSimdJSON.cpp -o "$out/CSimdJSON.o"
mapfile -t records < <(find Sources/Records -name '*.swift')
mapfile -t input < <(find Sources/Input Tests/Fuzz -name '*.swift')
swiftc "${flags[@]}" -module-name Records -wmo -emit-module -emit-module-path "$out/Records.swiftmodule" \
    -c "${records[@]}" -o "$out/Records.o"
swiftc "${flags[@]}" "${doors[@]}" -I /usr/include/libxml2 -Xcc -I/usr/include/libxml2 \
    -Xcc "-fmodule-map-file=$out/module.modulemap" -module-name Input -wmo "${input[@]}" "$out/Records.o" "$out/CSimdJSON.o" \
    -larchive -lz -lcsv -lxml2 -lsimdjson -lstdc++ -o "$out/fuzz"

failed=0
for reader in "${readers[@]}"; do
    mkdir -p "$out/$reader/corpus"
    cp -n "Tests/Fuzz/seeds/$reader"/* "$out/$reader/corpus/" 2>/dev/null || true
    echo "fuzz: $reader for $seconds s"
    (cd "$out/$reader" && SWIFT_BACKTRACE=enable=no FUZZ_READER=$reader "$out/fuzz" -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=2048 \
        -timeout=20 -print_final_stats=1 -verbosity=0 corpus) || failed=1
done
exit $failed
