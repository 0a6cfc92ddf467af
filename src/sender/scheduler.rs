//! The threads of a process that send for all its pipelines: one while nothing is sent, and at most four while requests are
//! in flight.
//!
//! Each pipeline is a task. A thread that takes up a task, whose requests may block it, first sees to it that another thread
//! waits for what comes next; a thread that finds nothing to do ends if another one waits already. The last one ends with
//! the last task.
//!
//! A process that was forked has no thread of its parent's. It never waits for the parent's locks: it finds the parent's
//! scheduler by the process it belongs to, and makes its own. See [ADR 0026](../docs/adr/0026-one-scheduler-per-process.md).

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use super::signals::without_signals;
use crate::sync::{Condvar, Mutex, lock, thread, thread_local};

/// Most threads that send at the same time.
const MOST_THREADS: usize = 4;

/// The threads of a process, and what they have to do.
#[derive(Debug)]
pub(crate) struct Scheduler {
    state: Mutex<State>,
    changed: Condvar,
    process: u32,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Arc<Task>>,
    /// By the time at which they wake, and a number.
    timers: BTreeMap<(Instant, u64), Waker>,
    next_timer: u64,
    /// Tasks that are not done.
    tasks: usize,
    threads: usize,
    /// Threads that wait for something to do.
    idle: usize,
    /// The last thread has ended.
    over: bool,
}

/// The work of one pipeline.
struct Task {
    scheduler: Arc<Scheduler>,
    work: Mutex<Option<Work>>,
    stage: Mutex<Stage>,
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It waits to be woken.
    Waiting,
    /// It waits for a thread.
    Ready,
    /// A thread is at it.
    Running,
    /// A thread is at it, and it was woken meanwhile.
    Again,
}

impl Scheduler {
    fn new() -> Arc<Scheduler> {
        let state = Mutex::new(State::default());
        Arc::new(Scheduler { state, changed: Condvar::new(), process: std::process::id() })
    }

    /// The scheduler of this process. Waits for nobody: while another thread is here for long, or where a fork found it
    /// here, the caller gets one of its own.
    fn current() -> Arc<Scheduler> {
        const TIMES: usize = 100;
        for _ in 0..TIMES {
            if let Ok(mut current) = place().try_lock() {
                let usable = |scheduler: &Arc<Scheduler>| {
                    scheduler.process == std::process::id() && !lock(&scheduler.state).over
                };
                return current.upgrade().filter(usable).unwrap_or_else(|| {
                    let new = Scheduler::new();
                    *current = Arc::downgrade(&new);
                    new
                });
            }
            thread::yield_now();
        }
        Scheduler::new()
    }

    /// Starts a task, which `work` makes with the scheduler that it runs on. `None` when there is no thread for it.
    pub fn spawn<F: Future<Output = ()> + Send + 'static>(work: impl FnOnce(Arc<Scheduler>) -> F) -> Option<Arc<Self>> {
        const TIMES: usize = 100;
        for _ in 0..TIMES {
            let scheduler = Scheduler::current();
            let mut state = lock(&scheduler.state);
            if state.over {
                continue; // it ended just now
            }
            state.tasks += 1;
            let starts = state.threads == 0;
            state.threads += usize::from(starts);
            drop(state);
            if starts && !scheduler.start_thread() {
                let mut state = lock(&scheduler.state);
                state.tasks -= 1;
                state.over |= state.threads == 0;
                return None;
            }
            let work = Mutex::new(Some(Box::pin(work(scheduler.clone())) as Work));
            let stage = Mutex::new(Stage::Waiting);
            Arc::new(Task { scheduler: scheduler.clone(), work, stage }).wake();
            return Some(scheduler);
        }
        None
    }

    /// Starts a thread, which was counted already.
    fn start_thread(self: &Arc<Self>) -> bool {
        let of_thread = self.clone();
        let thread = thread::Builder::new().name("candor".to_owned());
        let started = without_signals(|| thread.spawn(move || of_thread.run())).is_ok();
        if !started {
            lock(&self.state).threads -= 1;
        }
        started
    }

    /// A thread.
    fn run(self: Arc<Self>) {
        OF_A_PIPELINE.with(|is| is.set(true));
        let mut state = lock(&self.state);
        loop {
            let due = state.take_due(Instant::now());
            if !due.is_empty() {
                drop(state);
                due.into_iter().for_each(Waker::wake);
                state = lock(&self.state);
            } else if let Some(task) = state.ready.pop_front() {
                let starts = state.idle == 0 && state.threads < MOST_THREADS;
                state.threads += usize::from(starts);
                drop(state);
                if starts {
                    self.start_thread(); // without it, this one goes on alone
                }
                task.run();
                state = lock(&self.state);
            } else if state.tasks == 0 || state.idle > 0 {
                state.threads -= 1;
                state.over = state.threads == 0;
                drop(state);
                self.changed.notify_all();
                return;
            } else {
                state.idle += 1;
                let next = state.timers.first_key_value().map(|((at, _), _)| *at);
                state = match next.map(|at| at.saturating_duration_since(Instant::now())) {
                    Some(pause) => self.changed.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0,
                    None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                };
                state.idle -= 1;
            }
        }
    }

    /// A timer that ends at this time.
    pub fn sleep(self: &Arc<Self>, at: Instant) -> Sleep {
        Sleep { scheduler: self.clone(), at, number: None }
    }
}

impl State {
    /// Takes the timers away that have ended.
    fn take_due(&mut self, now: Instant) -> Vec<Waker> {
        let mut due = Vec::new();
        while let Some(first) = self.timers.first_entry().filter(|first| first.key().0 <= now) {
            due.push(first.remove());
        }
        due
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("tasks", &self.tasks).field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl Task {
    /// Goes on with the work until it waits again, or is done.
    fn run(self: Arc<Self>) {
        *lock(&self.stage) = Stage::Running;
        let taken = lock(&self.work).take();
        let Some(mut work) = taken else { return };
        let waker = Waker::from(self.clone());
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut Context::from_waker(&waker))));
        if matches!(polled, Ok(Poll::Pending)) {
            *lock(&self.work) = Some(work);
            let mut stage = lock(&self.stage);
            let again = *stage == Stage::Again;
            *stage = Stage::Waiting;
            drop(stage);
            if again {
                self.wake();
            }
        } else {
            drop(work);
            let mut state = lock(&self.scheduler.state);
            state.tasks -= 1;
            drop(state);
            self.scheduler.changed.notify_all();
        }
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        let mut stage = lock(&self.stage);
        match *stage {
            Stage::Waiting => *stage = Stage::Ready,
            Stage::Running => {
                *stage = Stage::Again;
                return;
            }
            Stage::Ready | Stage::Again => return,
        }
        drop(stage);
        let scheduler = self.scheduler.clone();
        lock(&scheduler.state).ready.push_back(self);
        scheduler.changed.notify_one();
    }
}

/// A future that ends at a time. Dropped, it wakes nobody.
#[derive(Debug)]
pub(crate) struct Sleep {
    scheduler: Arc<Scheduler>,
    at: Instant,
    number: Option<u64>,
}

impl Sleep {
    /// The time at which it ends.
    pub fn at(&self) -> Instant {
        self.at
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.at <= Instant::now() {
            return Poll::Ready(());
        }
        let scheduler = self.scheduler.clone();
        let mut state = lock(&scheduler.state);
        let number = self.number.unwrap_or(state.next_timer);
        state.next_timer = state.next_timer.max(number + 1);
        state.timers.insert((self.at, number), context.waker().clone());
        let is_first = state.timers.first_key_value().is_some_and(|(key, _)| *key == (self.at, number));
        drop(state);
        self.number = Some(number);
        if is_first {
            scheduler.changed.notify_one(); // whoever waits there waits for a later one
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            lock(&self.scheduler.state).timers.remove(&(self.at, number));
        }
    }
}

/// Lets other tasks go on before this one does.
pub(crate) async fn yield_to_others() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

thread_local! {
    static OF_A_PIPELINE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Returns true on a thread that sends: it must not wait for itself.
pub(crate) fn is_sending_thread() -> bool {
    OF_A_PIPELINE.with(std::cell::Cell::get)
}

/// The place of the scheduler of this process.
type Current = std::sync::Mutex<Weak<Scheduler>>;

#[cfg(not(shuttle))]
fn place() -> &'static Current {
    static CURRENT: Current = Current::new(Weak::new());
    &CURRENT
}

#[cfg(shuttle)]
fn place() -> &'static Current {
    shuttle::lazy_static! {
        static ref CURRENT: Current = Current::new(Weak::new());
    }
    &CURRENT
}
