#!/usr/bin/env bash
# The Collector's tests: the corpus, the module, and what Go says of them. Needs Go and rustup's target wasm32-wasip1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cargo test --locked -p candor-gate --test equal
collector/module.sh
cd collector
test -z "$(gofmt -l .)" || { echo 'gofmt has something to say' >&2; exit 1; }
go vet ./...
go test ./...
go build -o ../target/corpus/otelcol-candor .
CANDOR_FORWARD=http://127.0.0.1:9 CANDOR_MODULE=../target/wasm32-wasip1/gate/candor_gate.wasm \
    CANDOR_CATALOGUE=../target/corpus/crewai.json ../target/corpus/otelcol-candor validate --config config.yaml
