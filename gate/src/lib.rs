//! Candor's rules for programs in other languages: a Collector, a query engine.
//!
//! [`Gate`] is the whole of it, in Rust and without `unsafe`: open a catalogue, pass a request, check lines. `c.rs` puts it
//! behind a C interface, `include/candor_gate.h`, that a shared library and a WebAssembly module have alike.
//!
//! There are no globals: everything hangs on an opened catalogue, which any number of threads may use. Errors are values,
//! and so are panics.

mod answer;
mod c;
mod gate;

pub use answer::Answer;
pub use gate::Gate;
