#!/usr/bin/env bash
# How long it takes to find a row's person, and what is known of them, in a ledger that knows millions.
#
#     Benchmarks/lookups.sh [PEOPLE]        5,000,000 by default
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.build/release/bench-ledger "$work/ledger.sqlite" "${1:-5000000}"
