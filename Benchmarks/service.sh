#!/usr/bin/env bash
# A run against a service that answers at once, beside the script that people write for it (asyncio, aiohttp).
#
#     Benchmarks/service.sh [ROWS]        50,000 by default
set -euo pipefail
cd "$(dirname "$0")/.."
. Benchmarks/measure.sh

rows=${1:-50000}
"$build/generate-samples" "$work/leads" "$rows"
mkfifo "$work/in"
"$build/bench-service" 1000000 60 0 <"$work/in" >"$work/service" &
exec 3>"$work/in"
cleanup+=('exec 3>&-' wait)
until [ -s "$work/service" ]; do sleep 0.05; done
url=$(head -n 1 "$work/service")

leads=$work/leads/hubspot-contacts.csv
measure "enrich by an asyncio script" "$rows" python3 Benchmarks/enrich-aiohttp.py "$leads" "$work/python.csv" "$url" test-key
theirs=$speed
measure "run on a service" "$rows" "$binary" enrich "$leads" -o "$work/out.csv" --progress off --state "$work/ledger.sqlite" \
    --set enrich.engine=api --set enrich.api.url="$url" --set enrich.api.key=test-key --set 'enrich.channels=[work_email, phone]' \
    --set enrich.discover=false \
    --set enrich.limits.bulk_per_minute=1000000 --set enrich.limits.per_day=1000000000
result "run on a service that answers at once, against asyncio and aiohttp" "$speed rows/s" "$theirs rows/s" "$(ratio "$speed" "$theirs") ×" "≥ 10 ×"
