//! Signals of the operating system, which the threads here never take.

/// Runs something while this thread takes no signals. A thread that is started meanwhile never takes any, so that they
/// go where they would go without it: a program may have them blocked in all threads that it knows.
#[cfg(unix)]
pub(super) fn without_signals<R>(run: impl FnOnce() -> R) -> R {
    use nix::sys::signal::{SigSet, SigmaskHow};
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let result = run();
    if let Ok(before) = before {
        let _ = before.thread_set_mask(); // it was the mask a moment ago
    }
    result
}

#[cfg(not(unix))]
pub(super) fn without_signals<R>(run: impl FnOnce() -> R) -> R {
    run()
}
