#!/usr/bin/env bash
# Builds a Debian package of what install.sh puts in place, with the libraries that the program is linked with declared.
#
#     scripts/deb.sh BINARY FOLDER       makes FOLDER/millrace_VERSION_ARCH.deb and prints its path
set -euo pipefail
binary=$(realpath "$1") folder=$(realpath -m "$2")
cd "$(dirname "$0")/.."
version=$("$binary" --version | tail -n 1 | tr -cd '0-9A-Za-z.+~')
architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/millrace

scripts/install.sh "$binary" /usr "$tree"
install -d -m 755 "$tree/etc/millrace" "$tree/DEBIAN" "$work/debian"
mv "$tree/usr/share/doc/millrace/LICENSE" "$tree/usr/share/doc/millrace/copyright"
strip --strip-unneeded "$tree/usr/bin/millrace"

# Which packages hold the libraries, and in which version they have what is needed of them.
printf 'Source: millrace\n\nPackage: millrace\nArchitecture: any\n' > "$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O --ignore-missing-info "$tree/usr/bin/millrace" 2>/dev/null |
    sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "deb: the libraries that the program needs were not found out" >&2; exit 70; }

cat > "$tree/DEBIAN/control" <<CONTROL
Package: millrace
Version: $version
Architecture: $architecture
Maintainer: Millrace <millrace@millrace.example>
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f 1)
Depends: $depends, ca-certificates, tzdata
Suggests: duckdb, postgresql-client
Section: utils
Priority: optional
Description: streaming lead enrichment within limits, each lead paid for once
 Reads lead exports (CSV, JSON, XML, XLSX, HTML), asks an enrichment service or
 tables of your own for what is missing, verifies emails, and writes enriched
 files, changes to import and a credit report.
CONTROL
mkdir -p "$folder"
package=$folder/millrace_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package" > /dev/null
echo "$package"
