#!/usr/bin/env bash
# Puts the program, its man page, completions, units, documents and examples in place.
#
#     scripts/install.sh BINARY PREFIX [DESTDIR]
set -euo pipefail
binary=$1 prefix=$2 root=${3:-}
cd "$(dirname "$0")/.."
share=$root$prefix/share doc=$root$prefix/share/doc/millrace

install -D -m 755 "$binary" "$root$prefix/bin/millrace"
install -d "$share/man/man1"
gzip -9nc docs/millrace.1 > "$share/man/man1/millrace.1.gz"
for shell in bash zsh fish; do
    case $shell in
        bash) file=$share/bash-completion/completions/millrace ;;
        # Where Debian's zsh looks: packages have a place of their own.
        zsh) [ "$prefix" = /usr ] && file=$share/zsh/vendor-completions/_millrace || file=$share/zsh/site-functions/_millrace ;;
        fish) file=$share/fish/vendor_completions.d/millrace.fish ;;
    esac
    install -d "$(dirname "$file")"
    "$binary" --generate-completion-script "$shell" > "$file"
done
for unit in service timer; do
    install -d "$root$prefix/lib/systemd/system"
    sed "s#@BINDIR@#$prefix/bin#" "scripts/systemd/millrace@.$unit" > "$root$prefix/lib/systemd/system/millrace@.$unit"
done
install -d "$doc/examples/samples"
install -m 644 README.md CHANGELOG.md LICENSE docs/*.md "$doc"
cp -R pipelines "$doc/examples/"
cp -R samples/*.csv samples/*.jsonl samples/*.xml samples/providers "$doc/examples/samples/"
