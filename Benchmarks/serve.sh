#!/usr/bin/env bash
# What `millrace serve` answers over HTTP on this machine: bulk calls of 100 people each out of a table provider, nobody
# asked for twice. The client (wrk) runs on the same cores.
#
#     Benchmarks/serve.sh [SECONDS] [CONNECTIONS] [PEOPLE]        10 and 2 by default, and of how many PEOPLE the table is
set -euo pipefail
cd "$(dirname "$0")/.."
. Benchmarks/measure.sh

seconds=${1:-10}
connections=${2:-2}
people=${3:-1000000}

# People are found by their one column of emails; what is found has a name that is none, so that it is no hint as well.
awk -v people="$people" 'BEGIN {
    print "Email,Reached At,Tel"
    for (i = 0; i < people; i++) printf "p%d@acme.example,w%d@work.example,+121255501%02d\n", i, i, i % 100
}' >"$work/people.csv"
cat >"$work/waterfall.yaml" <<YAML
providers:
  - {name: people, path: $work/people.csv, channels: {work_email: Reached At, phone: Tel}, prices: {work_email: 1, phone: 2}}
order: {work_email: [people], phone: [people]}
YAML
cat >"$work/serve.yaml" <<YAML
listen: 127.0.0.1:0
waterfall: $work/waterfall.yaml
limits: {bulk_per_minute: 1000000, per_day: 1000000000}
YAML
# Each connection asks for people of its own; one in ten is not in the table.
cat >"$work/bulk.lua" <<'LUA'
local threads = 0
function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end
function init(args) next_person = id * 500000 end
function request()
    local records = {}
    for i = 1, 100 do
        local name = next_person % 10 == 9 and "nobody" or "p"
        records[i] = '{"email":"' .. name .. next_person .. '@acme.example"}'
        next_person = next_person + 1
    end
    return wrk.format("POST", "/enrichment/bulk", nil,
        '{"channels":["work_email","phone"],"records":[' .. table.concat(records, ",") .. "]}")
end
function done(summary, latency, requests)
    local seconds = summary.duration / 1e6
    io.write(string.format("%-34s %9d rows %8.2f s %9d rows/s, p50 %.1f ms, p99 %.1f ms, %d errors\n", "serve, bulk of 100",
        summary.requests * 100, seconds, summary.requests * 100 / seconds, latency:percentile(50) / 1000,
        latency:percentile(99) / 1000,
        summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout + summary.errors.connect))
end
LUA

"$binary" serve --config "$work/serve.yaml" --state "$work/ledger.sqlite" --access-log off 2>"$work/err" &
server=$!
cleanup+=('kill "$server" 2>/dev/null || true' 'wait 2>/dev/null || true')
until grep -q '^serving on' "$work/err"; do
    kill -0 "$server" 2>/dev/null || { cat "$work/err" >&2; exit 70; }
    sleep 0.05
done
url=$(grep -oE 'http://[^,]*' "$work/err")
wrk -t "$connections" -c "$connections" -d "${seconds}s" --timeout 10s -s "$work/bulk.lua" "$url" | tail -n 1 | tee "$work/line"
speed=$(grep -oE '[0-9]+ rows/s' "$work/line")
result "serve over HTTP: bulk of 100 on a table" "$speed" "" "" "≥ 20000 rows/s"
result "serve over HTTP: p99 of a bulk call" "$(grep -oE "p99 [0-9.]+ ms" "$work/line" | cut -c5-)" "" "" "≤ 20 ms"
