//! The floor: this one event encoded by hand into a preallocated buffer. No clock, no ids, no filter, no queue.

use std::hint::black_box;

use crate::event::{CrewDone, EVENT};
use crate::{Cost, measure_short};

/// Encoding only, safe Rust.
pub fn encode() -> Cost {
    let mut out = Vec::with_capacity(1 << 16);
    measure_short(|| {
        if out.len() > (1 << 16) - 1024 {
            out.clear();
        }
        encode_into(&mut out, black_box(&EVENT));
        black_box(&out);
    })
}

fn encode_into(out: &mut Vec<u8>, event: &CrewDone) {
    out.extend_from_slice(&[0x12, 0, 0]);
    let start = out.len();
    out.extend_from_slice(b"\x0a\x10aaaabbbbccccdddd\x12\x08eeeeffff\x2a\x09Crew Done\x30\x01\x39iiiiiiii\x41jjjjjjjj");
    text(out, "process", &event.process);
    int(out, "agents", event.agents);
    int(out, "tasks", event.tasks);
    int(out, "iterations", event.iterations);
    int(out, "attempts", event.attempts);
    boolean(out, "memory", event.memory);
    boolean(out, "verbose", event.verbose);
    entry(out, "quality", 9);
    out.push(0x21);
    out.extend_from_slice(&event.quality.to_bits().to_le_bytes());
    text(out, "goal", &event.goal);
    text(out, "backstory", &event.backstory);
    text(out, "output", &event.output);
    let items: usize = event.tools.iter().map(|tool| 4 + tool.len()).sum();
    entry(out, "tools", 2 + items);
    out.extend_from_slice(&[0x2a, items as u8]);
    for tool in &event.tools {
        out.extend_from_slice(&[0x0a, 2 + tool.len() as u8, 0x0a, tool.len() as u8]);
        out.extend_from_slice(tool.as_bytes());
    }
    let length = out.len() - start;
    out[start - 2] = length as u8 | 0x80;
    out[start - 1] = (length >> 7) as u8;
}

/// Key and length of a value. All lengths of this event fit one byte.
#[inline(always)]
fn entry(out: &mut Vec<u8>, key: &str, length: usize) {
    out.extend_from_slice(&[0x4a, (4 + key.len() + length) as u8, 0x0a, key.len() as u8]);
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(&[0x12, length as u8]);
}

#[inline(always)]
fn text(out: &mut Vec<u8>, key: &str, value: &str) {
    entry(out, key, 2 + value.len());
    out.extend_from_slice(&[0x0a, value.len() as u8]);
    out.extend_from_slice(value.as_bytes());
}

#[inline(always)]
fn int(out: &mut Vec<u8>, key: &str, value: i64) {
    entry(out, key, 2); // these are small
    out.extend_from_slice(&[0x18, value as u8]);
}

#[inline(always)]
fn boolean(out: &mut Vec<u8>, key: &str, value: bool) {
    entry(out, key, 2);
    out.extend_from_slice(&[0x10, u8::from(value)]);
}
