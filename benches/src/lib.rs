//! Candor beside its peers. See `emit.rs`.
