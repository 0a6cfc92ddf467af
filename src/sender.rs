//! The sender: one background thread per pipeline that takes batches away and hands them to the transport.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use crate::per_process::PerProcess;
use crate::pipeline::Shared;
use crate::queue::{Batch, Place, Wake};
use crate::sync::{Condvar, Mutex, MutexGuard, lock, thread};
use crate::{Delivery, Retry, SignalKind, Transport, TransportError};

/// What the sender is asked to do, and what it has done.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// The thread was started.
    started: bool,
    /// The thread has ended, or could not be started. Whoever finds that drops what waits.
    over: bool,
    /// The thread ends when it has sent what waits.
    closed: bool,
    /// When what waits has to be sent.
    due: Option<Instant>,
    /// Enough waits to be sent at once.
    full: bool,
    /// The last flush that was asked for, and the last that was done.
    flush_wanted: u64,
    flush_done: u64,
    /// Raised whenever consent is withdrawn: a batch under way is not tried again then.
    withdrawn: u64,
    /// How many signals were taken from the queue and are neither sent nor dropped.
    pub under_way: u64,
    /// How many signals about losses were made here, beside the queue.
    pub reports: u64,
    pub sent: u64,
    pub dropped: u64,
    pub spooled: u64,
    pub resent: u64,
    pub lost: u64,
    /// Why a request was not taken, the latest time.
    pub failure: Option<String>,
}

/// Makes a transport, on the sender's thread; again in a process that was forked.
pub(crate) trait Connect: Send + Sync {
    fn connect(&self) -> Option<Box<dyn Transport>>;
}

impl<F: Fn() -> Option<Box<dyn Transport>> + Send + Sync> Connect for F {
    fn connect(&self) -> Option<Box<dyn Transport>> {
        self()
    }
}

impl Sender {
    /// Every write to the state is one assignment, so a thread that panicked left nothing half done.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Passes on what a push asks for; starts the thread when there is none.
    #[cold]
    pub fn wake(here: &PerProcess, shared: &Arc<Shared>, wake: Wake) {
        let mut state = here.sender.lock();
        start_thread(here, shared, &mut state);
        state.due = state.due.or_else(|| Instant::now().checked_add(shared.max_age));
        state.full |= wake == Wake::Full;
        drop(state);
        here.sender.changed.notify_all();
    }

    /// What is under way is not tried again.
    pub fn withdraw(&self) {
        self.lock().withdrawn += 1;
        self.changed.notify_all();
    }

    /// Asks for everything that waits to be sent, and waits for that. Says whether all of it was sent or dropped.
    pub fn flush(here: &PerProcess, shared: &Arc<Shared>, limit: Duration, close: bool) -> bool {
        let sender = &here.sender;
        let mut state = sender.lock();
        state.closed |= close;
        if !state.started && here.queue.is_empty() {
            return true;
        }
        start_thread(here, shared, &mut state);
        state.flush_wanted += 1;
        let ticket = state.flush_wanted;
        sender.changed.notify_all();
        let goes_on = |state: &mut State| state.flush_done < ticket && !state.over;
        let waiting = sender.changed.wait_timeout_while(state, limit, goes_on);
        let (state, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        if state.over {
            here.queue.discard();
        }
        state.over || state.flush_done >= ticket
    }

    /// Lets the thread send what waits and end. Does not wait for it.
    pub fn end(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.flush_wanted += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// The thread.
    fn run(shared: &Shared) {
        let here = shared.here();
        let Some(mut transport) = catch_unwind(AssertUnwindSafe(|| shared.connect.as_ref()?.connect())).ok().flatten()
        else {
            return give_up(here, shared, &mut here.sender.lock());
        };
        let mut spares = [None, None];
        let mut places = Vec::new();
        let mut withdrawn = 0;
        let mut told = 0;
        loop {
            let ticket = here.sender.wait_for_work(withdrawn);
            let before = std::mem::replace(&mut withdrawn, here.sender.lock().withdrawn);
            if before != withdrawn {
                let _ = catch_unwind(AssertUnwindSafe(|| transport.withdraw())); // its mistake, and nobody else's
                told = here.stats().dropped; // what was withdrawn is nobody's business
            }
            let sent = here.sender.lock().sent;
            places.extend(here.queue.places());
            while let Some(place) = here.queue.fullest_of(&mut places) {
                let spare = &mut spares[usize::from(place.kind == SignalKind::Event)];
                here.sender.take_and_send(here, shared, place, spare, transport.as_mut());
            }
            if here.sender.lock().sent > sent {
                here.sender.report_losses(here, shared, transport.as_mut(), &mut told);
            }
            shared.memory.save(here.stats(), here.failure());
            if here.sender.has_ended(ticket) {
                return;
            }
        }
    }

    /// Waits until something is due: enough bytes, enough age, a flush, the end, or that consent was withdrawn more often
    /// than `withdrawn` says. Gives the last flush that was asked for.
    fn wait_for_work(&self, withdrawn: u64) -> u64 {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let aged = state.due.is_some_and(|due| due <= now);
            let flush = state.flush_wanted > state.flush_done;
            if aged || state.full || state.closed || flush || state.withdrawn != withdrawn {
                state.due = None;
                state.full = false;
                return state.flush_wanted;
            }
            state = match state.due {
                Some(due) => self.changed.wait_timeout(state, due - now).unwrap_or_else(PoisonError::into_inner).0,
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Marks a flush as done. Says whether the thread ends.
    fn has_ended(&self, ticket: u64) -> bool {
        let mut state = self.lock();
        state.flush_done = state.flush_done.max(ticket);
        state.over = state.closed && state.flush_done == state.flush_wanted;
        let over = state.over;
        drop(state);
        self.changed.notify_all();
        over
    }

    /// Sends what waits in one batch, and counts what became of it.
    fn take_and_send(
        &self,
        here: &PerProcess,
        shared: &Shared,
        place: Place,
        spare: &mut Option<Batch>,
        transport: &mut dyn Transport,
    ) {
        let kind = place.kind;
        let mut state = self.lock();
        let withdrawn = state.withdrawn;
        let count = here.queue.take(place, spare);
        state.under_way = count;
        drop(state);
        let Some(batch) = spare.as_mut().filter(|_| count > 0) else { return };
        let delivery = self.send(shared, transport, kind, batch.request(&here.queue.envelope), count, withdrawn);
        batch.clear();
        self.count(count, &delivery);
    }

    /// Tells the collector, which takes requests again, how many signals were dropped since it was `told` last.
    fn report_losses(&self, here: &PerProcess, shared: &Shared, transport: &mut dyn Transport, told: &mut u64) {
        let Some(losses) = &shared.losses else { return };
        let withdrawn = self.lock().withdrawn;
        let dropped = here.stats().dropped;
        let lost = dropped - std::mem::replace(told, dropped);
        let report = || losses(lost, shared.allowance(shared.consent()));
        // An application's code that panics costs its report, and no more.
        let Some((kind, request)) = (lost > 0).then(|| catch_unwind(AssertUnwindSafe(report)).ok()?).flatten() else {
            return;
        };
        let mut state = self.lock();
        state.under_way = 1;
        state.reports += 1;
        drop(state);
        let delivery = self.send(shared, transport, kind, &request, 1, withdrawn);
        self.count(1, &delivery);
    }

    /// Counts what became of `count` signals that were under way.
    fn count(&self, count: u64, delivery: &Delivery) {
        let dropped = delivery.rejected.min(count);
        let spooled = delivery.spooled.min(count - dropped);
        let mut state = self.lock();
        state.under_way = 0;
        state.sent += count - dropped - spooled;
        state.dropped += dropped;
        state.spooled += spooled;
        state.resent += delivery.resent;
        state.lost += delivery.lost;
        if delivery.failure.is_some() {
            state.failure.clone_from(&delivery.failure);
        }
    }

    /// Sends one request, again after a while where that makes sense. One that nobody took was rejected as a whole.
    fn send(
        &self,
        shared: &Shared,
        transport: &mut dyn Transport,
        kind: SignalKind,
        request: &[u8],
        count: u64,
        withdrawn: u64,
    ) -> Delivery {
        const ATTEMPTS: u32 = 6;
        for attempt in 1..=ATTEMPTS {
            if self.lock().withdrawn != withdrawn {
                break;
            }
            if attempt == 1 {
                shared.memory.note(kind, request);
            }
            // A transport that panics has lost its request, and no more.
            let Ok(answer) = catch_unwind(AssertUnwindSafe(|| transport.send(kind, request))) else {
                self.lock().failure = Some("the transport panicked".to_owned());
                break;
            };
            let retry = match answer {
                Ok(delivery) => return delivery,
                Err(error) => self.fail(shared, attempt, error),
            };
            match pause(retry, attempt) {
                Some(pause) if attempt < ATTEMPTS && self.sleep(pause, withdrawn) => {}
                _ => break,
            }
        }
        Delivery { rejected: count, ..Delivery::default() }
    }

    /// Keeps why a request was not taken, in the record of this run, too: the program may end before the last attempt.
    /// Gives whether it may be tried again.
    fn fail(&self, shared: &Shared, attempt: u32, error: TransportError) -> Retry {
        self.lock().failure = Some(error.message);
        if attempt == 1 {
            let here = shared.here();
            shared.memory.save(here.stats(), here.failure());
        }
        error.retry
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

/// Starts the thread, once.
fn start_thread(here: &PerProcess, shared: &Arc<Shared>, state: &mut State) {
    if std::mem::replace(&mut state.started, true) {
        return;
    }
    let thread = thread::Builder::new().name("candor".to_owned());
    let of_thread = shared.clone();
    if without_signals(|| thread.spawn(move || Sender::run(&of_thread))).is_err() {
        give_up(here, shared, state);
    }
}

/// Nothing will ever be sent: from now on everything is dropped.
fn give_up(here: &PerProcess, shared: &Shared, state: &mut State) {
    shared.close();
    here.queue.discard();
    state.over = true;
    here.sender.changed.notify_all();
}

/// Runs something while this thread takes no signals. A thread that is started meanwhile never takes any, so that they
/// go where they would go without it: a program may have them blocked in all threads that it knows.
#[cfg(unix)]
fn without_signals<R>(run: impl FnOnce() -> R) -> R {
    use nix::sys::signal::{SigSet, SigmaskHow};
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let result = run();
    if let Ok(before) = before {
        let _ = before.thread_set_mask(); // it was the mask a moment ago
    }
    result
}

#[cfg(not(unix))]
fn without_signals<R>(run: impl FnOnce() -> R) -> R {
    run()
}

/// How long to wait before trying again: what the collector asks for, or exponentially longer, with jitter.
fn pause(retry: Retry, attempt: u32) -> Option<Duration> {
    const FIRST: Duration = Duration::from_millis(500);
    const LONGEST: Duration = Duration::from_secs(60);
    match retry {
        Retry::Never => None,
        Retry::After(pause) => Some(pause.min(LONGEST)),
        Retry::Later => {
            let doubled = FIRST.saturating_mul(1 << (attempt - 1).min(10)).min(LONGEST);
            Some(doubled.mul_f64(0.5 + fastrand::f64() / 2.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit_and_collectors_are_obeyed() {
        for attempt in 1..20 {
            let pause = pause(Retry::Later, attempt).expect("a pause");
            assert!(pause >= Duration::from_millis(250) && pause <= Duration::from_secs(60), "{pause:?}");
        }
        assert_eq!(pause(Retry::After(Duration::from_secs(3)), 1), Some(Duration::from_secs(3)));
        assert_eq!(pause(Retry::After(Duration::from_secs(3000)), 1), Some(Duration::from_secs(60)));
        assert_eq!(pause(Retry::Never, 1), None);
    }
}
