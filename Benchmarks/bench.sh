#!/usr/bin/env bash
# Everything that is measured, in one run on one machine; writes Benchmarks/RESULTS.md.
#
#     Benchmarks/bench.sh             some 20 minutes, and 10 GB of temporary files
#     Benchmarks/bench.sh --smoke     the same on a few rows, to see that it works; judges no speed and writes nothing
set -euo pipefail
cd "$(dirname "$0")/.."

export BENCH_RESULTS
BENCH_RESULTS=$(mktemp)
trap 'rm -f "$BENCH_RESULTS"' EXIT

if [ "${1:-}" = --smoke ]; then
    Benchmarks/quota.sh 2
    Benchmarks/service.sh 2000
    Benchmarks/run.sh 2000
    Benchmarks/memory.sh 20000
    Benchmarks/lookups.sh 5000
    Benchmarks/serve.sh 1 2 2000
else
    Benchmarks/quota.sh
    Benchmarks/service.sh
    Benchmarks/run.sh
    Benchmarks/memory.sh
    Benchmarks/lookups.sh
    Benchmarks/serve.sh
fi

table() {
    echo "| what | here | beside it | ratio | goal |"
    echo "|---|---|---|---|---|"
    cat "$BENCH_RESULTS"
}
echo
table
[ "${1:-}" != --smoke ] || exit 0
cpu=$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)
{
    echo "# Results"
    echo "Written by \`make bench\`: whole processes, release build, everything in one run. Machines differ, and a busy one differs from itself: the ratios tell more than the times."
    echo
    echo "- $(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD)"
    echo "- ${cpu:-an unknown processor}, $(nproc) cores, $(awk '/^MemTotal/ { printf "%d GiB", $2 / 1048576 + 0.5 }' /proc/meminfo), Linux $(uname -r | cut -d. -f1,2)"
    echo "- $(swift --version 2>/dev/null | grep -oE 'Swift version [0-9.]+' | head -n 1)"
    echo
    table
} >Benchmarks/RESULTS.md
echo
echo "wrote Benchmarks/RESULTS.md"
