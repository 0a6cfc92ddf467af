#!/usr/bin/env bash
# Builds the fuzz targets and runs each for so many seconds, two at a time, from what the repository's own tests read.
# Works with the stable toolchain: without a sanitizer, which safe Rust has no need of. Finds stay in `target/fuzz/found`.
# Usage: fuzz/run.sh [SECONDS [SEED]]. With a seed, the same inputs each time, and none that earlier runs have kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60} seed=${2:-0}
# What each target starts from.
declare -A texts=(
    [catalogue]="tests/cases tests/fixtures schema/crewai"
    [derive]="tests/ui"
    [otlp]="validate/tests/fixtures"
    [validate]="validate/tests/fixtures"
)
found=$PWD/target/fuzz/found
export CARGO_MANIFEST_DIR=$PWD # where the derive looks for catalogues

export PATH=$PATH:$PWD/target/fuzz/bin
cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked --debug --root target/fuzz
CARGO_TARGET_DIR=$PWD/target/fuzz cargo fuzz build --fuzz-dir fuzz --sanitizer none

fuzz() {
    local target=$1
    local corpus=$PWD/target/fuzz/corpus/$target log=$PWD/target/fuzz/$target.log
    if [[ $seed != 0 ]]; then rm -rf "$corpus"; fi
    mkdir -p "$corpus" "$found"
    # shellcheck disable=SC2086 # several folders
    if "$PWD"/target/fuzz/*/release/"$target" -max_total_time="$seconds" -seed="$seed" -timeout=10 -rss_limit_mb=4096 -len_control=10 \
        -artifact_prefix="$found/$target-" "$corpus" ${texts[$target]} >"$log" 2>&1; then
        echo "$target: $(grep '^Done' "$log")"
    else
        tail -n 40 "$log"
        echo "$target: see $log and $found"
        return 1
    fi
}

failed=0
for pair in 'catalogue otlp' 'derive validate'; do
    jobs=()
    for target in $pair; do
        fuzz "$target" &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do
        wait "$job" || failed=1
    done
done
exit $failed
