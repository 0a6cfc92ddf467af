//! Requests to the sender and its answers: the place where the threads that emit and the one that sends meet.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use super::scheduler::{Scheduler, Sleep};
use crate::sync::{Condvar, Mutex, MutexGuard, lock};
use crate::{Delivery, DropReason, Drops, LastError};

/// The requests to the sender, and its answers.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
}

/// The outcome of a request, and the reason for what was dropped of it.
#[derive(Debug)]
pub(super) struct Outcome {
    pub delivery: Delivery,
    pub fate: Fate,
}

/// The counter of what was dropped of a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    Dropped(DropReason),
    NotDue,
    Unclaimed,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// The task was started.
    pub(super) started: bool,
    /// The scheduler that it runs on.
    pub(super) scheduler: Option<Arc<Scheduler>>,
    /// Wakes the task.
    task: Option<Waker>,
    /// Wakes the futures that wait for a flush.
    pub(super) waiting: Vec<Waker>,
    /// The task has ended, or could not be started. Whoever finds that drops what waits.
    pub(super) over: bool,
    /// The task ends when it has sent what waits.
    pub(super) closed: bool,
    /// The time at which the waiting signals must be sent.
    pub(super) due: Option<Instant>,
    /// Enough waits to be sent at once.
    pub(super) full: bool,
    /// The last flush that was asked for, and the last that was done.
    pub(super) flush_wanted: u64,
    pub(super) flush_done: u64,
    /// Raised whenever consent is withdrawn: a batch under way is not tried again then.
    pub(super) withdrawn: u64,
    /// The number of signals that were taken from the queue and are neither sent nor dropped.
    pub under_way: u64,
    /// The number of signals about losses that were made here, beside the queue.
    pub reports: u64,
    pub sent: u64,
    pub drops: Drops,
    pub not_due: u64,
    pub unclaimed: u64,
    pub spooled: u64,
    pub resent: u64,
    pub lost: u64,
    /// The reason why a request was not taken, the latest time.
    pub failure: Option<LastError>,
}

impl Sender {
    /// Every write to the state is one assignment, so a thread that panicked left nothing half done.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Takes signals out of the queue, which are under way then. Gives their number, and how often consent was withdrawn.
    pub(super) fn take(&self, take: impl FnOnce() -> u64) -> (u64, u64) {
        let mut state = self.lock();
        state.under_way = take();
        (state.under_way, state.withdrawn)
    }

    /// Counts a report on losses, which is made beside the queue and is under way then.
    pub(super) fn begin_report(&self) {
        let mut state = self.lock();
        state.under_way = 1;
        state.reports += 1;
    }

    /// Keeps the request that is under way from being tried again.
    pub fn withdraw(&self) {
        let mut state = self.lock();
        state.withdrawn += 1;
        self.announce(state);
    }

    /// Lets the task send what waits and end. Does not wait for it.
    pub fn end(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.flush_wanted += 1;
        self.announce(state);
    }

    /// Lets everybody look at the state again.
    pub(super) fn announce(&self, mut state: MutexGuard<'_, State>) {
        let (task, waiting) = (state.task.take(), std::mem::take(&mut state.waiting));
        drop(state);
        self.changed.notify_all();
        task.into_iter().chain(waiting).for_each(Waker::wake);
    }

    /// Waits until something is due: enough bytes, enough age, a flush, the end, or that consent was withdrawn more often
    /// than `withdrawn` says. Gives the last flush that was asked for.
    pub(super) async fn wait_for_work(&self, scheduler: &Arc<Scheduler>, withdrawn: u64) -> u64 {
        let mut timer: Option<Sleep> = None;
        poll_fn(|context| {
            loop {
                let mut state = self.lock();
                let aged = state.due.is_some_and(|due| due <= Instant::now());
                let flush = state.flush_wanted > state.flush_done;
                if aged || state.full || state.closed || flush || state.withdrawn != withdrawn {
                    state.due = None;
                    state.full = false;
                    return Poll::Ready(state.flush_wanted);
                }
                state.task = Some(context.waker().clone());
                let due = state.due;
                drop(state);
                if timer.as_ref().map(Sleep::at) != due {
                    timer = due.map(|due| scheduler.sleep(due));
                }
                let ended = timer.as_mut().is_some_and(|timer| Pin::new(timer).poll(context).is_ready());
                if !ended {
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    /// Marks a flush as done. Says whether the task ends.
    pub(super) fn has_ended(&self, ticket: u64) -> bool {
        let mut state = self.lock();
        state.flush_done = state.flush_done.max(ticket);
        state.over = state.closed && state.flush_done == state.flush_wanted;
        let over = state.over;
        self.announce(state);
        over
    }

    /// Counts what became of `count` signals that were under way; `left` still are.
    pub(super) fn count(&self, count: u64, left: u64, Outcome { delivery, fate }: &Outcome) {
        let dropped = delivery.rejected.min(count);
        let spooled = delivery.spooled.min(count - dropped);
        let mut state = self.lock();
        state.under_way = left;
        state.sent += count - dropped - spooled;
        match fate {
            Fate::Dropped(reason) => state.drops.add(*reason, dropped),
            Fate::NotDue => state.not_due += dropped,
            Fate::Unclaimed => state.unclaimed += dropped,
        }
        state.spooled += spooled;
        state.resent += delivery.resent;
        state.lost += delivery.lost;
    }

    /// Waits before the next attempt. Says whether there shall be one: not once consent is withdrawn or the end has
    /// come.
    pub(super) async fn sleep(&self, scheduler: &Arc<Scheduler>, pause: Duration, withdrawn: u64) -> bool {
        let Some(end) = Instant::now().checked_add(pause) else { return false };
        let mut timer = scheduler.sleep(end);
        poll_fn(|context| {
            let mut state = self.lock();
            if state.closed || state.withdrawn != withdrawn {
                return Poll::Ready(false);
            }
            state.task = Some(context.waker().clone());
            drop(state);
            Pin::new(&mut timer).poll(context).map(|()| true)
        })
        .await
    }
}

impl State {
    /// Wakes the futures that wait for a flush.
    pub(super) fn wake_all(&mut self) {
        self.waiting.drain(..).for_each(Waker::wake);
    }
}
