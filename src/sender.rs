//! The sender: one task per pipeline that takes batches away and hands them to the transport. All tasks of a process share
//! a few threads: see `scheduler`.
//!
//! * Batches are sent when one is half full, when a signal has waited for 5 seconds (unless set), or on `flush` and
//!   `shutdown`.
//! * A request that fails in a way that may pass (the network, 429, 502, 503, 504) is tried six times in all. Pauses
//!   follow `Retry-After` in seconds. Without it they start at 500 ms and double, with jitter, up to 60 s. Then the
//!   batch is dropped and counted. Signals that a collector rejects of a request that it took (OTLP's partial success)
//!   count as dropped.
//! * A collector that takes requests again is told how many signals it missed, if the application named a signal for
//!   that (`Builder::report_losses`). The report is a request of its own, so it needs no room in the queue.
//! * If consent shrinks, a batch that would be tried again is given up.

mod flush;
pub(crate) mod scheduler;
mod signals;
pub(crate) mod state;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use self::flush::{Flush, flush};
use self::scheduler::{Scheduler, yield_to_others};
use self::state::{Fate, Outcome, Sender, State};
use crate::interval::{Claim, Report};
use crate::per_process::PerProcess;
use crate::pipeline::shared::Shared;
use crate::queue::{Batch, Place, Wake};
use crate::{Delivery, Destination, DropReason, LastError, Retry, Stats, Transport, TransportError};

/// Passes on what a push asks for; starts the task when there is none.
#[cold]
pub(crate) fn wake(here: &PerProcess, shared: &Arc<Shared>, wake: Wake) {
    let mut state = here.sender.lock();
    start(here, shared, &mut state);
    state.due = state.due.or_else(|| Instant::now().checked_add(shared.max_age));
    state.full |= wake == Wake::Full;
    here.sender.announce(state);
}

impl Sender {
    /// The task.
    async fn run(shared: Arc<Shared>, scheduler: Arc<Scheduler>) {
        let shared = &*shared;
        let here = shared.here();
        let Some(mut transport) =
            catch_unwind(AssertUnwindSafe(|| shared.connect.as_ref().ok()?.connect())).ok().flatten()
        else {
            return give_up(here, shared, &mut here.sender.lock());
        };
        let mut way = Way { here, shared, scheduler: &scheduler, transport: transport.as_mut() };
        let mut spares: Vec<Option<Batch>> = (0..here.queue.lanes.len()).map(|_| None).collect();
        let mut places = Vec::new();
        let mut withdrawn = 0;
        let mut told = 0;
        loop {
            yield_to_others().await;
            let ticket = here.sender.wait_for_work(&scheduler, withdrawn).await;
            let before = std::mem::replace(&mut withdrawn, here.sender.lock().withdrawn);
            if before != withdrawn {
                let _ = catch_unwind(AssertUnwindSafe(|| way.transport.withdraw())); // its mistake, and nobody else's
                told = lost(&here.stats()); // what was withdrawn is nobody's business
            }
            let sent = here.sender.lock().sent;
            places.extend(here.queue.places());
            while let Some(place) = here.queue.fullest_of(&mut places) {
                way.take_and_send(place, &mut spares[place.lane]).await;
            }
            way.send_reports().await;
            if here.sender.lock().sent > sent {
                way.report_losses(&mut told).await;
            }
            shared.save(here);
            if here.sender.has_ended(ticket) {
                return;
            }
        }
    }
}

/// The way of a pipeline's requests.
struct Way<'a> {
    here: &'a PerProcess,
    shared: &'a Shared,
    scheduler: &'a Arc<Scheduler>,
    transport: &'a mut dyn Transport,
}

impl Way<'_> {
    /// Sends what waits in one batch, and counts what became of it.
    async fn take_and_send(&mut self, place: Place, spare: &mut Option<Batch>) {
        let (here, shared) = (self.here, self.shared);
        let Some(lane) = here.queue.lanes.get(place.lane) else { return };
        let (count, withdrawn) = here.sender.take(|| here.queue.take(place, spare));
        let Some(batch) = spare.as_mut().filter(|_| count > 0) else { return };
        let to = lane.destination();
        let request = batch.request(lane, &shared.process());
        if lane.sends_one_by_one() {
            for (sent, one) in (1..).zip(request.split(|byte| *byte == b'\n')) {
                let outcome = self.send(to, one, 1, withdrawn).await;
                here.sender.count(1, count - sent, &outcome);
            }
        } else {
            let outcome = self.send(to, &request, count, withdrawn).await;
            here.sender.count(count, 0, &outcome);
        }
        batch.clear();
    }

    /// Tells the collector, which takes requests again, how many signals were dropped since it was `told` last.
    async fn report_losses(&mut self, told: &mut u64) {
        let (here, shared) = (self.here, self.shared);
        let Some(losses) = &shared.losses else { return };
        let withdrawn = here.sender.lock().withdrawn;
        let now = lost(&here.stats());
        let lost = now.saturating_sub(std::mem::replace(told, now));
        let report = || losses(lost, &shared.allowance(shared.consent()), &shared.process());
        // An application's code that panics costs its report, and no more.
        let Some((signal, request)) = (lost > 0).then(|| catch_unwind(AssertUnwindSafe(report)).ok()?).flatten() else {
            return;
        };
        if signal.every > 0 && !matches!(shared.memory.claim(signal), Claim::Granted { .. }) {
            return;
        }
        here.sender.begin_report();
        let Some(lane) = here.queue.lanes.get(here.queue.lanes.of(signal)) else { return };
        let outcome = self.send(lane.destination(), &request, 1, withdrawn).await;
        here.sender.count(1, 0, &outcome);
    }

    /// Sends the signals that go at intervals, as far as their times can be claimed.
    async fn send_reports(&mut self) {
        let (here, shared) = (self.here, self.shared);
        loop {
            let mut taken = None;
            let (_, withdrawn) = here.sender.take(|| {
                taken = here.reports.take();
                taken.is_some().into()
            });
            let Some(Report { signal, element }) = taken else { return };
            let outcome = match shared.memory.claim(signal) {
                Claim::Granted { next_unix_nano } => {
                    here.reports.wait_until(signal, next_unix_nano);
                    match here.queue.lanes.get(here.queue.lanes.of(signal)) {
                        Some(lane) => {
                            let request = lane.request(&shared.process(), &element);
                            self.send(lane.destination(), &request, 1, withdrawn).await
                        }
                        None => not_sent(1, Fate::Dropped(DropReason::Foreign)),
                    }
                }
                Claim::NotDue { next_unix_nano } => {
                    here.reports.wait_until(signal, next_unix_nano);
                    not_sent(1, Fate::NotDue)
                }
                Claim::Refused(why) => {
                    let why = format!("{} {} is not sent: {why}", signal.kind.word(), signal.name);
                    shared.tell(here, why);
                    not_sent(1, Fate::Unclaimed)
                }
            };
            here.sender.count(1, 0, &outcome);
        }
    }

    /// Sends one request, again after a while where that makes sense. One that nobody took was rejected as a whole.
    async fn send(&mut self, to: Destination<'static>, request: &[u8], count: u64, withdrawn: u64) -> Outcome {
        const ATTEMPTS: u32 = 6;
        let (shared, sender) = (self.shared, &self.here.sender);
        let mut reason = DropReason::Network;
        for attempt in 1..=ATTEMPTS {
            if sender.lock().withdrawn != withdrawn {
                reason = DropReason::Consent;
                break;
            }
            if attempt == 1 {
                shared.memory.note(to, request);
            }
            // A transport that panics has lost its request, and no more.
            let Ok(answer) = catch_unwind(AssertUnwindSafe(|| self.transport.send_to(to, request))) else {
                shared.tell(shared.here(), "the transport panicked".to_owned());
                break;
            };
            let retry = match answer {
                Ok(delivery) => return took(shared, delivery),
                Err(error) => {
                    reason = error.cause.into();
                    fail(shared, attempt, error)
                }
            };
            match pause(retry, attempt) {
                Some(pause) if attempt < ATTEMPTS && sender.sleep(self.scheduler, pause, withdrawn).await => {}
                _ => break,
            }
        }
        if sender.lock().withdrawn != withdrawn {
            reason = DropReason::Consent; // during a pause
        }
        not_sent(count, Fate::Dropped(reason))
    }
}

/// A request was taken; perhaps not all of it.
fn took(shared: &Shared, mut delivery: Delivery) -> Outcome {
    if let Some(why) = delivery.failure.take() {
        shared.tell(shared.here(), why);
    }
    Outcome { delivery, fate: Fate::Dropped(DropReason::Refused) }
}

/// Keeps why a request was not taken, in the record of this run, too: the program may end before the last attempt. Gives
/// whether it may be tried again.
fn fail(shared: &Shared, attempt: u32, error: TransportError) -> Retry {
    let here = shared.here();
    shared.tell(here, error.message);
    if attempt == 1 {
        shared.save(here);
    }
    error.retry
}

/// Signals that were dropped and not sent.
fn not_sent(count: u64, fate: Fate) -> Outcome {
    Outcome { delivery: Delivery { rejected: count, ..Delivery::default() }, fate }
}

/// Counts the signals that a collector misses: those that were not to be sent yet, it does not.
fn lost(stats: &Stats) -> u64 {
    stats.dropped.saturating_sub(stats.not_due + stats.unclaimed)
}

/// Starts the task, once.
fn start(here: &PerProcess, shared: &Arc<Shared>, state: &mut State) {
    if std::mem::replace(&mut state.started, true) {
        return;
    }
    let of_task = shared.clone();
    state.scheduler = Scheduler::spawn(|scheduler| Sender::run(of_task, scheduler));
    if state.scheduler.is_none() {
        give_up(here, shared, state);
    }
}

/// Nothing will ever be sent: from now on everything is dropped.
fn give_up(here: &PerProcess, shared: &Shared, state: &mut State) {
    shared.close();
    here.discard(DropReason::Closed);
    state.failure = Some(LastError::now("nothing can be sent in this process"));
    state.over = true;
    state.wake_all();
    here.sender.changed.notify_all();
}

/// Returns how long to wait before the next attempt: as long as the collector asks for, or exponentially longer, with
/// jitter.
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
