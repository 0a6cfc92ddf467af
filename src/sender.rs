//! The sender: one background thread per pipeline that takes batches away and hands them to the transport.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::pipeline::Shared;
use crate::queue::{Batch, Wake};
use crate::{Delivery, Retry, SignalKind, Transport};

/// What the sender is asked to do, and what it has done.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    state: Mutex<State>,
    changed: Condvar,
    pub sent: AtomicU64,
    pub dropped: AtomicU64,
}

#[derive(Default)]
struct State {
    /// Something waits.
    pending: bool,
    /// Enough waits to be sent at once.
    full: bool,
    /// The last flush that was asked for, and the last that was done.
    flush_wanted: u64,
    flush_done: u64,
    closed: bool,
    /// The thread has ended.
    over: bool,
    /// Raised whenever consent is withdrawn: a batch under way is not tried again then.
    withdrawn: u64,
    /// Makes the transport of a new thread.
    connect: Option<Arc<dyn Connect>>,
    /// The process that the thread belongs to. After a fork there is another process, and no thread.
    process: Option<u32>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("pending", &self.pending).field("closed", &self.closed).finish_non_exhaustive()
    }
}

/// Makes a transport; again in a process that was forked.
pub(crate) trait Connect: Send + Sync {
    fn connect(&self) -> Option<Box<dyn Transport>>;
}

impl<F: Fn() -> Option<Box<dyn Transport>> + Send + Sync> Connect for F {
    fn connect(&self) -> Option<Box<dyn Transport>> {
        self()
    }
}

impl Sender {
    pub fn new(connect: Arc<dyn Connect>) -> Self {
        let state = State { connect: Some(connect), ..State::default() };
        Sender { state: Mutex::new(state), ..Sender::default() }
    }

    /// Every write to the state is one assignment, so a thread that panicked left nothing half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes on what a push asks for; starts the thread when there is none in this process.
    #[cold]
    pub fn wake(shared: &Arc<Shared>, wake: Wake) {
        let mut state = shared.sender.lock();
        ensure_thread(shared, &mut state);
        state.pending = true;
        state.full |= wake == Wake::Full;
        drop(state);
        shared.sender.changed.notify_all();
    }

    /// Drops what waits; what is under way is not tried again.
    pub fn withdraw(&self) {
        self.lock().withdrawn += 1;
        self.changed.notify_all();
    }

    /// Asks for everything that waits to be sent, and waits for that. Says whether it is done.
    pub fn flush(shared: &Arc<Shared>, limit: Duration, close: bool) -> bool {
        let sender = &shared.sender;
        let mut state = sender.lock();
        state.closed |= close;
        if state.over || shared.queue.is_empty() && state.process != Some(std::process::id()) {
            return true;
        }
        ensure_thread(shared, &mut state);
        state.flush_wanted += 1;
        let ticket = state.flush_wanted;
        sender.changed.notify_all();
        let waiting = sender.changed.wait_timeout_while(state, limit, |state| state.flush_done < ticket);
        let (state, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        state.flush_done >= ticket
    }

    /// The thread.
    fn run(shared: &Shared, mut transport: Box<dyn Transport>) {
        let mut spares = [None, None];
        loop {
            let Some(work) = shared.sender.wait_for_work(shared.max_age) else { return };
            for position in 0..shared.queue.shards() {
                for (kind, spare) in [SignalKind::Span, SignalKind::Event].into_iter().zip(&mut spares) {
                    if shared.queue.take(position, kind, spare)
                        && let Some(batch) = spare
                    {
                        shared.sender.send(shared, transport.as_mut(), kind, batch, work.withdrawn);
                        batch.clear();
                    }
                }
            }
            let mut state = shared.sender.lock();
            state.flush_done = state.flush_done.max(work.flush);
            state.over = state.closed && state.flush_done == state.flush_wanted;
            let over = state.over;
            drop(state);
            shared.sender.changed.notify_all();
            if over {
                return;
            }
        }
    }

    /// Waits until something is due: enough bytes, enough age, a flush or the end. `None` at the end.
    fn wait_for_work(&self, max_age: Duration) -> Option<Work> {
        let mut state = self.lock();
        let mut due: Option<Instant> = None;
        loop {
            let now = Instant::now();
            if state.pending && due.is_none() {
                due = Some(now + max_age);
            }
            let aged = due.is_some_and(|due| due <= now);
            if state.flush_wanted > state.flush_done || state.full || aged || state.closed {
                state.pending = false;
                state.full = false;
                return Some(Work { flush: state.flush_wanted, withdrawn: state.withdrawn });
            }
            state = match due {
                Some(due) => self.changed.wait_timeout(state, due - now).unwrap_or_else(PoisonError::into_inner).0,
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Sends one batch, again after a while where that makes sense, and counts what became of it.
    fn send(
        &self,
        shared: &Shared,
        transport: &mut dyn Transport,
        kind: SignalKind,
        batch: &mut Batch,
        withdrawn: u64,
    ) {
        const ATTEMPTS: u32 = 6;
        let count = batch.count;
        let request = batch.request(&shared.queue.envelope);
        for attempt in 0..ATTEMPTS {
            if self.lock().withdrawn != withdrawn {
                break;
            }
            match transport.send(kind, request) {
                Ok(Delivery { rejected }) => {
                    let rejected = rejected.min(count);
                    self.sent.fetch_add(count - rejected, Relaxed);
                    self.dropped.fetch_add(rejected, Relaxed);
                    return;
                }
                Err(error) => {
                    let last = attempt + 1 == ATTEMPTS;
                    let Some(pause) = pause(error.retry, attempt).filter(|_| !last) else { break };
                    if !self.sleep(pause, withdrawn) {
                        break;
                    }
                }
            }
        }
        self.dropped.fetch_add(count, Relaxed);
    }

    /// Waits before the next attempt. Says whether there shall be one: not once consent is withdrawn or the end has
    /// come.
    fn sleep(&self, pause: Duration, withdrawn: u64) -> bool {
        let goes_on = |state: &mut State| !state.closed && state.withdrawn == withdrawn;
        let waiting = self.changed.wait_timeout_while(self.lock(), pause, goes_on);
        let (mut state, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        goes_on(&mut state)
    }
}

/// What the thread woke up for.
struct Work {
    flush: u64,
    withdrawn: u64,
}

/// Starts the thread, once per process. A forked process inherits what its parent had queued; the parent sends that, so
/// here it is dropped.
fn ensure_thread(shared: &Arc<Shared>, state: &mut State) {
    let process = std::process::id();
    if state.process == Some(process) {
        return;
    }
    if state.process.is_some() {
        shared.queue.discard();
    }
    state.process = Some(process);
    let Some(transport) = state.connect.as_ref().and_then(|connect| connect.connect()) else { return };
    let thread = std::thread::Builder::new().name("candor".to_owned());
    let shared = shared.clone();
    // Without a thread nothing is sent; what waits stays bounded.
    let _ = thread.spawn(move || Sender::run(&shared, transport));
}

/// How long to wait before trying again: what the collector asks for, or exponentially longer, with jitter.
fn pause(retry: Retry, attempt: u32) -> Option<Duration> {
    const FIRST: Duration = Duration::from_millis(500);
    const LONGEST: Duration = Duration::from_secs(60);
    match retry {
        Retry::Never => None,
        Retry::After(pause) => Some(pause.min(LONGEST)),
        Retry::Later => {
            let doubled = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
            Some(doubled.mul_f64(0.5 + fastrand::f64() / 2.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit_and_collectors_are_obeyed() {
        for attempt in 0..20 {
            let pause = pause(Retry::Later, attempt).expect("a pause");
            assert!(pause >= Duration::from_millis(250) && pause <= Duration::from_secs(60), "{pause:?}");
        }
        assert_eq!(pause(Retry::After(Duration::from_secs(3)), 0), Some(Duration::from_secs(3)));
        assert_eq!(pause(Retry::After(Duration::from_secs(3000)), 0), Some(Duration::from_secs(60)));
        assert_eq!(pause(Retry::Never, 0), None);
    }
}
