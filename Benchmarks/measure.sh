# What the benchmarks share: where things are, how a command is measured, and how a result is written down.
# To be sourced from a script in this folder.

binary=${BENCH_BINARY:-$PWD/.build/release/millrace}
build=${BENCH_BUILD:-$PWD/.build/release}
packages=$PWD/.build/bench/python
results=${BENCH_RESULTS:-/dev/null}
work=$(mktemp -d)
cleanup=()
trap 'for step in "${cleanup[@]:-}"; do eval "$step"; done; rm -rf "$work"' EXIT

for tool in mlr:miller time:time wrk:wrk pip3:python3-pip; do
    type -P "${tool%%:*}" >/dev/null || { echo "bench: ${tool%%:*} is missing: apt-get install ${tool##*:}" >&2; exit 69; }
done

# The scripts that are compared with bring their packages, in a folder of their own.
[ -d "$packages/aiohttp" ] || python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$packages" -r Benchmarks/requirements.txt

# measure NAME ROWS COMMAND...: prints a line; leaves what it took in $seconds, $mebibytes and $speed (rows a second).
measure() {
    local name=$1 count=$2
    shift 2
    PYTHONPATH=$packages command time -f '%e %M' -o "$work/time" "$@" >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 70; }
    read -r seconds kib < <(tail -n 1 "$work/time")
    mebibytes=$((kib / 1024))
    speed=$(awk -v rows="$count" -v s="$seconds" 'BEGIN { printf "%d", rows / (s > 0 ? s : 0.01) }')
    printf '%-38s %9d rows %8.2f s %9d rows/s %6d MiB\n' "$name" "$count" "$seconds" "$speed" "$mebibytes"
}

# ratio A B: A over B, to two decimals.
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / (b > 0 ? b : 1e-9) }'; }

# result WHAT OURS BESIDE RATIO GOAL: a row of the table.
result() { printf '| %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" "$5" >>"$results"; }
