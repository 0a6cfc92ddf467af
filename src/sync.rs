//! Locks, atomics and threads: `std`'s, or shuttle's under `--cfg shuttle`.
//!
//! The queue and the sender share nothing that is not named here. So shuttle can try out how threads may interleave:
//! `tests/shuttle.sh` builds and runs `tests/shuttle.rs`.

#[cfg(not(shuttle))]
pub(crate) use std::{
    sync::atomic::{AtomicBool, AtomicU32, AtomicU64},
    sync::{Condvar, Mutex, MutexGuard},
    thread, thread_local,
};

#[cfg(shuttle)]
pub(crate) use shuttle::{
    sync::atomic::{AtomicBool, AtomicU32, AtomicU64},
    sync::{Condvar, Mutex, MutexGuard},
    thread, thread_local,
};

use std::sync::PoisonError;

/// Locks. Whatever a thread was doing when it panicked, what it locked can be used: each use says why.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
