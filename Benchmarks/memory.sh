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
"$build/generate-samples" "$work/large" "$rows"
measure "normalize, large" "$rows" "$binary" normalize "$work/large/hubspot-contacts.csv" -o -
result "peak memory, $rows rows against $small" "$mebibytes MiB" "$least MiB" "$(ratio "$mebibytes" "$least") ×" "≤ 1.2 ×, < 200 MB"
