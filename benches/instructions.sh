#!/usr/bin/env bash
# Instructions per event, by callgrind: the difference between two runs of different lengths, so that start and end do
# not count. Whether a second batch is allocated depends on when the sender wakes, and clearing one is a million
# instructions: the least of some runs has it or has it not at both lengths. Needs valgrind. Usage: benches/instructions.sh
set -euo pipefail
cd "$(dirname "$0")/.."
bench=$(cargo bench -p candor-benches --bench emit --no-run --message-format=json 2>/dev/null \
    | sed -n 's/.*"executable":"\([^"]*emit-[^"]*\)".*/\1/p' | tail -n 1)
count() {
    for _ in 1 2 3; do
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" --count "$1" "$2" 2>&1 \
            | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
    done | sort -n | head -n 1
}
for path in candor-opted-in candor-default candor-off opentelemetry-sdk; do
    few=$(count "$path" 2000)
    many=$(count "$path" 4000)
    printf '%-20s %6d instructions an event\n' "$path" $(((many - few) / 2000))
done
