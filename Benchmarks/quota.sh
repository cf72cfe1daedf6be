#!/usr/bin/env bash
# How close a run comes to the least time that a service's limits allow: windows of 6 s instead of a minute, 20 bulk calls
# of 100 records in each, against a service that counts every sliding window strictly.
#
#     Benchmarks/quota.sh [WINDOWS]        5 by default
set -euo pipefail
cd "$(dirname "$0")/.."
. Benchmarks/measure.sh

windows=${1:-5}
window=6
rows=$((windows * 20 * 100))

mkfifo "$work/in"
"$build/bench-service" 20 "$window" <"$work/in" >"$work/service" &
exec 3>"$work/in"
cleanup+=('exec 3>&-')
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
tail -n 1 "$work/service"
least=$(((windows - 1) * window))
read -r _ calls _ refused _ _ twice < <(tail -n 1 "$work/service")
result "quota: wall time over the least that the limits allow" "$(printf '%.2f' "$took") s" "$least s + $(printf '%.2f' "$startup") s to start" \
    "$(awk -v t="$took" -v s="$startup" -v l="$least" 'BEGIN { printf "%.3f", t / (l + s) }') ×" "≤ 1.02 ×"
result "quota: requests over ⌈N/100⌉, refused, charged twice" "$calls, $refused, $twice" "$((rows / 100)), 0, 0" "$(ratio "$calls" $((rows / 100))) ×" "1 ×, 0, 0"
