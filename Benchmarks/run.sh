#!/usr/bin/env bash
# Whole-process speed and peak memory on generated rows, beside other programs on the same file in the same run.
#
#     Benchmarks/run.sh [ROWS]        1,000,000 by default; a tenth of it shows whether memory grows with the file
set -euo pipefail
cd "$(dirname "$0")/.."
. Benchmarks/measure.sh

rows=${1:-1000000}
small=$((rows / 10))
people=$((rows < 20000 ? rows : 20000))      # in the providers; what a run costs beyond them is what is measured

"$build/generate-samples" "$work/large" "$rows"
"$build/generate-samples" "$work/small" "$small"
"$build/generate-samples" "$work/people" "$people"
sed "s#samples/#$work/people/#" pipelines/waterfall.yaml >"$work/waterfall.yaml"
large=$work/large/hubspot-contacts.csv

run=("$binary" enrich --waterfall "$work/waterfall.yaml" --progress off -o "$work/out.csv")
measure "miller cat" "$rows" mlr --icsv --ocsv cat "$large"
cat=$seconds
measure "convert, CSV to CSV" "$rows" "$binary" convert "$large" -o -
"$binary" convert "$large" -o "$work/large.jsonl" 2>/dev/null
measure "convert, JSONL to CSV" "$rows" "$binary" convert "$work/large.jsonl" -o -
measure "normalize" "$rows" "$binary" normalize "$large" -o "$work/normalized.csv"
ours=$speed
# Row by row it is the same speed on any number of rows, and a million would take minutes.
measure "normalize by a Python script" "$people" python3 Benchmarks/normalize.py "$work/people/hubspot-contacts.csv" "$work/python.csv"
result "normalize with phones, against a Python script" "$ours rows/s" "$speed rows/s" "$(ratio "$ours" "$speed") ×" "≥ 10 ×"
python3 Benchmarks/without-column.py "$large" "$work/phoneless.csv" "Phone Number"
measure "normalize, no phones" "$rows" "$binary" normalize "$work/phoneless.csv" -o "$work/normalized.csv"
ours=$speed
measure "regular expressions by DuckDB" "$rows" python3 Benchmarks/normalize-regex.py "$work/phoneless.csv" "$work/duckdb.csv"
result "normalize without phones, against DuckDB's regular expressions" "$ours rows/s" "$speed rows/s" "$(ratio "$ours" "$speed") ×" "≥ 1 ×"

measure "run, embedded, nothing known" "$rows" "${run[@]}" "$large" --state "$work/large.sqlite"
result "run on the embedded engine, nothing known" "$speed rows/s" "" "" "≥ 100000 rows/s"
measure "run, embedded, a tenth" "$small" "${run[@]}" "$work/small/hubspot-contacts.csv" --state "$work/small.sqlite"
measure "run, embedded, everything known" "$rows" "${run[@]}" "$large" --state "$work/large.sqlite"
known=$mebibytes
result "nightly refresh: $rows rows, all known" "$seconds s" "Miller's cat: $cat s" "$(ratio "$seconds" "$cat") ×" "≤ 10 s for 1000000"
measure "run, a tenth, everything known" "$small" "${run[@]}" "$work/small/hubspot-contacts.csv" --state "$work/small.sqlite"
result "peak memory of a refresh, $rows rows against $small" "$known MiB" "$mebibytes MiB" "$(ratio "$known" "$mebibytes") ×" "< 200 MB"

measure "millrace --version" 1 "$binary" --version
start=$(awk -v s="$seconds" 'BEGIN { printf "%d", s * 1000 }')
result "start to the end of \`--version\`" "$start ms" "" "" "≤ 30 ms"
