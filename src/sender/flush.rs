//! Waiting until everything that was emitted is sent or dropped: a thread that is blocked, or a future that is not.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::scheduler::Sleep;
use super::start;
use super::state::State;
use crate::DropReason;
use crate::per_process::PerProcess;
use crate::pipeline::shared::Shared;

/// Asks for everything that waits to be sent, and waits for that. Says whether all of it was sent or dropped.
pub(crate) fn flush(here: &PerProcess, shared: &Arc<Shared>, limit: Duration, close: bool) -> bool {
    let Some(ticket) = ask(here, shared, close) else { return true };
    let goes_on = |state: &mut State| state.flush_done < ticket && !state.over;
    let waiting = here.sender.changed.wait_timeout_while(here.sender.lock(), limit, goes_on);
    let (state, _) = waiting.unwrap_or_else(PoisonError::into_inner);
    is_done(here, &state, ticket)
}

/// Asks for everything that waits to be sent. Gives the number of the request; `None` when nothing waits.
fn ask(here: &PerProcess, shared: &Arc<Shared>, close: bool) -> Option<u64> {
    let mut state = here.sender.lock();
    state.closed |= close;
    if !state.started && here.is_empty() {
        return None;
    }
    start(here, shared, &mut state);
    state.flush_wanted += 1;
    let ticket = state.flush_wanted;
    here.sender.announce(state);
    Some(ticket)
}

fn is_done(here: &PerProcess, state: &State, ticket: u64) -> bool {
    if state.over {
        here.discard(DropReason::Closed);
    }
    state.over || state.flush_done >= ticket
}

/// A flush or a shutdown that blocks no thread. It was asked for when this was made, so that dropping it takes nothing back.
#[must_use = "it says whether everything was sent, and waits for that"]
pub(crate) struct Flush {
    shared: Arc<Shared>,
    /// `None` when nothing waited.
    ticket: Option<u64>,
    close: bool,
    limit: Option<Sleep>,
}

impl Flush {
    pub fn new(shared: Arc<Shared>, limit: Duration, close: bool) -> Self {
        let here = shared.here();
        let ticket = ask(here, &shared, close);
        let end = Instant::now().checked_add(limit);
        let scheduler = here.sender.lock().scheduler.clone();
        let limit = end.zip(scheduler).map(|(end, scheduler)| scheduler.sleep(end));
        Flush { shared, ticket, close, limit }
    }

    fn poll_done(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        let Some(ticket) = self.ticket else { return Poll::Ready(true) };
        let here = self.shared.here();
        let mut state = here.sender.lock();
        if is_done(here, &state, ticket) {
            return Poll::Ready(true);
        }
        if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            state.waiting.push(context.waker().clone());
        }
        drop(state);
        match &mut self.limit {
            Some(limit) => Pin::new(limit).poll(context).map(|()| false),
            None => Poll::Pending,
        }
    }
}

impl Future for Flush {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        let done = self.poll_done(context);
        if self.close && done.is_ready() {
            self.shared.here().discard(DropReason::Closed);
        }
        done
    }
}
