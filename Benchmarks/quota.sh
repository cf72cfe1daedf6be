#!/usr/bin/env bash
# How close a run comes to the least time that a service's limits allow: windows of 6 s instead of a minute, 20 bulk calls
# of 100 records in each, against a service that counts every sliding window strictly.
#
#     Benchmarks/quota.sh [WINDOWS]        5 by default
set -euo pipefail
cd "$(dirname "$0")/.."

windows=${1:-5}
window=6
rows=$((windows * 20 * 100))
binary=$PWD/.build/release/millrace
work=$(mktemp -d)
trap 'exec 3>&- 2>/dev/null || true; rm -rf "$work"' EXIT

mkfifo "$work/in"
.build/release/bench-service 20 "$window" <"$work/in" >"$work/service" &
exec 3>"$work/in"
until [ -s "$work/service" ]; do sleep 0.05; done
url=$(head -1 "$work/service")

awk -v rows="$rows" 'BEGIN { print "Email"; for (i = 0; i < rows; i++) print "p" i "@acme.example" }' >"$work/leads.csv"
echo "Email" >"$work/none.csv"
echo "nobody" >>"$work/none.csv"

# seconds INPUT: what a run of it takes, whole process.
seconds() {
    local start end
    start=$(date +%s.%N)
    "$binary" enrich "$1" -o "$work/out.csv" --set enrich.engine=api --set enrich.api.url="$url" --set enrich.api.key=test-key \
        --set enrich.limits.minute="${window}s" --set 'enrich.channels=[phone]' --state "$work/ledger.sqlite" --progress off \
        >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 70; }
    end=$(date +%s.%N)
    awk -v a="$start" -v b="$end" 'BEGIN { print b - a }'
}

startup=$(seconds "$work/none.csv")
took=$(seconds "$work/leads.csv")
exec 3>&-
wait
awk -v took="$took" -v startup="$startup" -v windows="$windows" -v window="$window" -v rows="$rows" 'BEGIN {
    least = (windows - 1) * window
    printf "%-34s %9d rows %8.2f s, least %d s + %.2f s to start: %.3f times\n", "quota", rows, took, least, startup, took / (least + startup)
}'
tail -1 "$work/service"
