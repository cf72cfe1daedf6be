#!/usr/bin/env bash
# Whether memory grows with the file: peak of `normalize` on a large file against a hundredth of it.
#
#     Benchmarks/memory.sh [ROWS]        10,000,000 by default
set -euo pipefail
cd "$(dirname "$0")/.."
. Benchmarks/measure.sh

rows=${1:-10000000}
small=$((rows / 100))
"$build/generate-samples" "$work/small" "$small"
measure "normalize, small" "$small" "$binary" normalize "$work/small/hubspot-contacts.csv" -o -
least=$mebibytes
# The same rows again and again: what they hold is nothing to memory, and making millions of people takes long.
{
    cat "$work/small/hubspot-contacts.csv"
    for _ in $(seq 2 100); do tail -n +2 "$work/small/hubspot-contacts.csv"; done
} >"$work/large.csv"
measure "normalize, large" "$rows" "$binary" normalize "$work/large.csv" -o -
result "peak memory, $rows rows against $small" "$mebibytes MiB" "$least MiB" "$(ratio "$mebibytes" "$least") ×" "≤ 1.2 ×, < 200 MB"
