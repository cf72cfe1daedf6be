#!/usr/bin/env bash
# Makes sure that everything is there to build Millrace: Swift, a C++ compiler and the C libraries.
# Installs Debian packages that are missing, as root or through sudo; says what to do where it cannot.
#
#     scripts/setup.sh [PACKAGE...]       PACKAGE: further Debian packages that are wanted
set -euo pipefail

packages=(
    g++ make pkg-config libarchive-dev libcsv-dev libidn2-dev libphonenumber-dev libpsl-dev libsimdjson-dev
    libsqlite3-dev libxml2-dev libzstd-dev zlib1g-dev "$@"
)
oldest_swift=6.1

fail() { printf 'setup: %s\n' "$@" >&2; exit 69; }

command -v swift >/dev/null ||
    fail "Swift is missing. Install Swift $oldest_swift or later (https://www.swift.org/install/linux/) and put it on PATH."
found=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9.]+' | head -n 1)
[ "$(printf '%s\n' "$oldest_swift" "$found" | sort -V | head -n 1)" = "$oldest_swift" ] ||
    fail "Swift $found is too old; Millrace needs $oldest_swift or later."

missing=()
if command -v dpkg-query >/dev/null; then
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
else
    for header in archive.h csv.h idn2.h libpsl.h libxml2/libxml/parser.h phonenumbers/phonenumberutil.h simdjson.h sqlite3.h zlib.h zstd.h; do
        [ -e "/usr/include/$header" ] || [ -e "/usr/local/include/$header" ] || missing+=("$header")
    done
    [ ${#missing[@]} -eq 0 ] ||
        fail "these headers are missing, and this is no Debian to install them on: ${missing[*]}"
fi
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: installing ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif command -v sudo >/dev/null; then
    as_root=(sudo)
else
    fail "these packages are missing, and only root can install them:" "apt-get install ${missing[*]}"
fi
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
    'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null' install "${missing[@]}" ||
    fail "installing failed; try it by hand:" "apt-get install ${missing[*]}"
