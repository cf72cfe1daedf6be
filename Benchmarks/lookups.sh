#!/usr/bin/env bash
# How long it takes to find a row's person, and what is known of them, in a ledger that knows millions.
#
#     Benchmarks/lookups.sh [PEOPLE]        5,000,000 by default
set -euo pipefail
cd "$(dirname "$0")/.."
. Benchmarks/measure.sh

people=${1:-5000000}
"$build/bench-ledger" "$work/ledger.sqlite" "$people" | tee "$work/lines"
for way in "rows found by their key" "answers read" "changed rows found by hints"; do
    line=$(grep "$way" "$work/lines")
    result "ledger with $people people: $way" "$(grep -oE '[0-9.]+ µs' <<<"$line") a row" "" "" "≤ 10 µs"
done
