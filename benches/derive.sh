#!/usr/bin/env bash
# What the derive costs whoever compiles with it: CPU seconds, user and system, least of three runs, with a debug
# profile of its own below `target/derive`, as in a user's package. Usage: benches/derive.sh
#  1. `cargo check` of 10, 100 and 500 structs of 12 fields with `candor::Telemetry`, and with `serde::Serialize`: more
#     than the same structs without a derive. Clean (dependencies are built) and again after a file was touched.
#  2. What a catalogue of 1,000 attributes adds to the check of one struct.
#  3. A cold build of `candor-macros` alone, beside serde and its YAML parser alone.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
scratch=$repository/target/derive
types=(String u32 bool f64 'Option<String>' 'Vec<String>')
export CARGO_TARGET_DIR=$scratch/target

main() {
    rm -rf "$scratch"
    mkdir -p "$scratch"
    cp Cargo.lock "$scratch/"
    printf '[workspace]\nresolver = "3"\nmembers = ["*-*"]\nexclude = ["target"]\n' >"$scratch/Cargo.toml"
    for count in 10 100 500; do
        package "plain-$count" '' "$count" ''
        package "serde-$count" 'serde = { version = "1", features = ["derive"] }' "$count" serde
        package "candor-$count" "candor = { path = \"$repository\", default-features = false }" "$count" candor
        catalogue 12 "$count" >"$scratch/candor-$count/telemetry.yaml"
    done
    for attributes in 12 1000; do
        package "catalogue-$attributes" "candor = { path = \"$repository\", default-features = false }" 1 candor
        catalogue "$attributes" 1 >"$scratch/catalogue-$attributes/telemetry.yaml"
    done
    package cold-macros "candor-macros = { path = \"$repository/macros\" }" 0 ''
    package cold-peer "$(grep -E '^serde(-saphyr)? = . version' Cargo.toml)" 0 ''
    cd "$scratch"
    cargo fetch --quiet
    cargo check --quiet --workspace --exclude cold-macros --exclude cold-peer

    derives clean
    derives incremental
    catalogues
    colds
}

# A package NAME with DEPENDENCIES and so many structs, each with the DERIVE.
package() {
    local name=$1 dependencies=$2 count=$3 derive=$4 number
    mkdir -p "$scratch/$name/src"
    printf '[package]\nname = "%s"\nedition = "2024"\n[dependencies]\n%s\n' "$name" "$dependencies" >"$scratch/$name/Cargo.toml"
    for ((number = 0; number < count; number++)); do
        case $derive in
            candor) printf '#[derive(candor::Telemetry)]\n#[telemetry(catalogue = "telemetry.yaml", span = "span_%d")]\n' "$number" ;;
            serde) echo '#[derive(serde::Serialize)]' ;;
        esac
        printf 'pub struct Span%d {\n' "$number"
        for field in {0..11}; do
            printf '    pub value_%d: %s,\n' "$field" "${types[field % 6]}"
        done
        echo '}'
    done >"$scratch/$name/src/lib.rs"
}

# A catalogue of so many ATTRIBUTES and SPANS, each with the first twelve; another span has the rest.
catalogue() {
    local attributes=$1 spans=$2 number
    printf 'candor: 1\nname: bench\ntitle: Bench\nversion: 1.0.0\nservice: bench\n'
    printf 'rows: {measured: {title: Measured, reason: It is measured., personal: none}}\nattributes:\n'
    for ((number = 0; number < attributes; number++)); do
        printf '  value_%d:\n    row: measured\n    collected: default\n    brief: value %d\n    type: ' "$number" "$number"
        case $((number % 6)) in
            0 | 4) printf 'string\n    max_length: 64\n' ;;
            1) printf 'int\n    minimum: 0\n' ;;
            2) printf 'boolean\n' ;;
            3) printf 'double\n' ;;
            5) printf '[string]\n    max_length: 64\n    max_items: 8\n' ;;
        esac
    done
    printf 'spans:\n'
    for ((number = 0; number < spans; number++)); do
        span "$number" 0 11
    done
    if ((attributes > 12)); then
        span "$spans" 12 $((attributes - 1))
    fi
}

# A span with the attributes from FIRST to LAST.
span() {
    local field
    printf '  span_%d:\n    name: Span %d\n    collected: default\n    brief: span %d\n    attributes:\n' "$1" "$1" "$1"
    for ((field = $2; field <= $3; field++)); do
        printf '      value_%d: optional\n' "$field"
    done
}

# The table for checks that are clean or incremental.
derives() {
    local how=$1 count plain serde candor
    printf '%-12s %8s %8s %8s %8s %14s %14s %6s\n' "$how" structs plain serde candor 'ms/struct serde' 'candor' ratio
    for count in 10 100 500; do
        plain=$(least "$how" "plain-$count")
        serde=$(least "$how" "serde-$count")
        candor=$(least "$how" "candor-$count")
        awk -v count="$count" -v plain="$plain" -v serde="$serde" -v candor="$candor" 'BEGIN {
            printf "%-12s %8d %8.2f %8.2f %8.2f %14.2f %14.2f %6.2f\n", "", count, plain, serde, candor,
                (serde - plain) * 1000 / count, (candor - plain) * 1000 / count, (candor - plain) / (serde - plain)
        }'
    done
}

catalogues() {
    local how few many
    for how in clean incremental; do
        few=$(least "$how" catalogue-12)
        many=$(least "$how" catalogue-1000)
        awk -v how="$how" -v few="$few" -v many="$many" 'BEGIN {
            printf "1,000 attributes instead of 12, %s: %.2f s more (%.2f, %.2f)\n", how, many - few, many, few
        }'
    done
}

colds() {
    local package
    for package in macros peer; do
        rm -rf "$scratch/cold"
        printf 'cold build, %s: %s s\n' "$package" "$(CARGO_TARGET_DIR=$scratch/cold seconds cargo build --quiet -p "cold-$package")"
    done
}

# The least CPU seconds of three checks of a package, after what comes before each.
least() {
    local how=$1 package=$2
    for _ in 1 2 3; do
        case $how in
            clean) cargo clean --quiet -p "$package" ;;
            incremental) touch "$package/src/lib.rs" ;;
        esac
        seconds cargo check --quiet -p "$package"
    done | sort -n | head -n 1
}

# CPU seconds of a command and its children.
seconds() {
    local TIMEFORMAT='%U %S'
    { time "$@" 2>&3; } 3>&2 2>&1 | awk '{ print $1 + $2 }'
}

main
