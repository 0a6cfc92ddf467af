#!/usr/bin/env bash
# Tries out how threads may interleave between the queue and the sender: tests/shuttle.rs, with shuttle's locks and threads
# in place of the standard library's (src/sync.rs). It has a target folder of its own, since everything is built anew.
set -euo pipefail
cd "$(dirname "$0")/.."
RUSTFLAGS="${RUSTFLAGS:-} --cfg shuttle" CARGO_TARGET_DIR=target/shuttle cargo test -p candor --test shuttle "$@"
