//! Conformance vectors through every voice. One file here is one voice: it says a vector in the voice's own words and
//! gives back what the voice made of it; `compare.rs` does the rest.
//!
//! `CANDOR_VECTORS` says how many vectors there are in all (6,000), `CANDOR_SEED` which (0). A voice that differs is told
//! with its differences grouped by kind, each with its shortest example.

mod agreement;
mod allow;
mod bodies;
mod compare;
mod core;
#[path = "../crewai/mod.rs"]
mod crewai;
#[path = "../demo/mod.rs"]
mod demo;
mod diff;
mod examples;
mod heard;
mod json_schema;
mod kinds;
mod lines;
mod otel;
mod protobuf;
#[path = "../support/python.rs"]
mod python;
mod runtime;
mod samples;
mod shaped;
mod subjects;
mod validator;
