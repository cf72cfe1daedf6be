#!/usr/bin/env bash
# Whole-process speed and peak memory on generated rows, beside Miller's `cat` of the same file in the same run.
#
#     Benchmarks/run.sh [ROWS]        1,000,000 by default; a tenth of it shows whether memory grows with the file
set -euo pipefail
cd "$(dirname "$0")/.."

rows=${1:-1000000}
small=$((rows / 10))
people=20000      # in the providers; what a run costs beyond them is what is measured
binary=$PWD/.build/release/millrace
generate=$PWD/.build/release/generate-samples
packages=$PWD/.build/bench/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for tool in mlr:miller time:time pip3:python3-pip; do
    type -P "${tool%%:*}" >/dev/null || { echo "bench: ${tool%%:*} is missing: apt-get install ${tool##*:}" >&2; exit 69; }
done

# The scripts that are compared with bring their packages, in a folder of their own.
[ -d "$packages/duckdb" ] || python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$packages" -r Benchmarks/requirements.txt

"$generate" "$work/large" "$rows"
"$generate" "$work/small" "$small"
"$generate" "$work/people" "$people"
sed "s#samples/#$work/people/#" pipelines/waterfall.yaml >"$work/waterfall.yaml"

# measure NAME ROWS COMMAND...: prints one line of the table.
measure() {
    local name=$1 count=$2
    shift 2
    PYTHONPATH=$packages command time -f '%e %M' -o "$work/time" "$@" >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 70; }
    read -r seconds kib <"$work/time"
    awk -v name="$name" -v rows="$count" -v s="$seconds" -v k="$kib" \
        'BEGIN { printf "%-34s %9d rows %8.2f s %9d rows/s %6d MiB\n", name, rows, s, rows / (s > 0 ? s : 0.01), k / 1024 }'
}

run=("$binary" enrich --waterfall "$work/waterfall.yaml" --progress off -o "$work/out.csv")
measure "miller cat" "$rows" mlr --icsv --ocsv cat "$work/large/hubspot-contacts.csv"
measure "convert, CSV to CSV" "$rows" "$binary" convert "$work/large/hubspot-contacts.csv" -o -
"$binary" convert "$work/large/hubspot-contacts.csv" -o "$work/large.jsonl" 2>/dev/null
measure "convert, JSONL to CSV" "$rows" "$binary" convert "$work/large.jsonl" -o -
measure "normalize" "$rows" "$binary" normalize "$work/large/hubspot-contacts.csv" -o "$work/normalized.csv"
# Row by row it is the same speed on any number of rows, and a million would take minutes.
measure "normalize by a Python script" "$people" python3 Benchmarks/normalize.py "$work/people/hubspot-contacts.csv" "$work/python.csv"
python3 Benchmarks/without-column.py "$work/large/hubspot-contacts.csv" "$work/phoneless.csv" "Phone Number"
measure "normalize, no phones" "$rows" "$binary" normalize "$work/phoneless.csv" -o "$work/normalized.csv"
measure "regular expressions by DuckDB" "$rows" python3 Benchmarks/normalize-regex.py "$work/phoneless.csv" "$work/duckdb.csv"
measure "normalize, a tenth" "$small" "$binary" normalize "$work/small/hubspot-contacts.csv" -o "$work/normalized.csv"
measure "run, embedded, nothing known" "$rows" "${run[@]}" "$work/large/hubspot-contacts.csv" --state "$work/large.sqlite"
measure "run, embedded, a tenth" "$small" "${run[@]}" "$work/small/hubspot-contacts.csv" --state "$work/small.sqlite"
measure "run, embedded, everything known" "$rows" "${run[@]}" "$work/large/hubspot-contacts.csv" --state "$work/large.sqlite"
measure "millrace --version" 1 "$binary" --version
