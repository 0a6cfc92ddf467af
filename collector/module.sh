#!/usr/bin/env bash
# Builds candor_gate.wasm, which the Collector loads, into target/wasm32-wasip1/gate/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rustup target add wasm32-wasip1
cargo build --locked -p candor-gate --lib --target wasm32-wasip1 --profile gate
module=target/wasm32-wasip1/gate/candor_gate.wasm
size=$(wc -c <"$module")
echo "$module: $size bytes"
((size <= 3145728)) || { echo 'the module has more than 3 MiB' >&2; exit 1; }
