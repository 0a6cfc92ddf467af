#!/usr/bin/env bash
# The binding's tests. Needs Python 3; with duckdb, numpy and pyarrow installed, DuckDB is tested, too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cargo test --locked -p candor-gate --test equal # it leaves the catalogues' documents
cargo build --locked -p candor-gate --lib
library=$PWD/${CARGO_TARGET_DIR:-target}/debug/libcandor_gate.so
CANDOR_GATE_LIBRARY=$library CANDOR_GATE_CATALOGUE=$PWD/target/corpus/crewai.json python3 gate/python/test_candor_gate.py
