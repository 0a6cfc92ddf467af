//! The program that the tests run: it does one thing, with telemetry or without, and ends in its own way.

use std::cell::RefCell;
use std::io::Write;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use candor::{Consent, Pipeline, Running};
use fork::{Fork, fork, waitpid};
use nix::sys::signal::{SigSet, Signal};

use crate::demo::{Everything, NOTHING, catalogue};

const LIMIT: Duration = Duration::from_secs(60);

/// Does what `what` names. Without an endpoint there is no pipeline.
pub fn run(what: &str, endpoint: Option<String>) -> ExitCode {
    let pipeline = endpoint.map(|endpoint| {
        let builder = Pipeline::builder(catalogue()).consent(Consent::Default).endpoint(endpoint);
        builder.max_age(Duration::from_millis(10)).build().0
    });
    emit(&pipeline);
    match what {
        "return" => ExitCode::SUCCESS,
        "return 3" => ExitCode::from(3),
        "exit 3" => std::process::exit(3),
        "panic" => panic!("as told"),
        "abort" => std::process::abort(),
        "return 3 with a guard" => {
            let _guard = pipeline.as_ref().map(Pipeline::shutdown_on_drop);
            emit(&pipeline);
            ExitCode::from(3)
        }
        "panic with a guard" => {
            let _guard = pipeline.as_ref().map(Pipeline::shutdown_on_drop);
            panic!("as told")
        }
        "wait" => wait(),
        "wait in a flush" => {
            thread::spawn(move || pipeline.map(|pipeline| pipeline.flush(LIMIT)));
            wait()
        }
        "wait for a signal that is blocked" => wait_for_blocked_signal(),
        "emit at the very end" => emit_at_the_very_end(pipeline),
        "flush" => {
            println!("{}", pipeline.as_ref().is_some_and(|pipeline| pipeline.flush(LIMIT)));
            ExitCode::SUCCESS
        }
        "opt in" => {
            let pipeline = pipeline.expect("a pipeline");
            pipeline.set_consent(Consent::OptedIn);
            println!("{}", pipeline.consent());
            ExitCode::SUCCESS
        }
        "fork" => fork_once(&pipeline.expect("a pipeline")),
        "fork while threads emit" => fork_while_threads_emit(&pipeline.expect("a pipeline")),
        "fork with a transport" => fork_with_transport(),
        "emit in a runtime" => emit_in_runtime(&pipeline.expect("a pipeline")),
        other => panic!("nothing is called {other}"),
    }
}

fn emit(pipeline: &Option<Pipeline>) {
    if let Some(pipeline) = pipeline {
        (0..1_000).for_each(|_| pipeline.emit(&NOTHING));
    }
}

fn say(line: &str) {
    println!("{line}");
    std::io::stdout().flush().expect("somebody listens");
}

fn wait() -> ! {
    thread::sleep(Duration::from_millis(50)); // the sender is well under way
    say("ready");
    loop {
        thread::sleep(LIMIT);
    }
}

/// Blocks signals as programs with a thread for them do, but late: the sender's thread exists already.
fn wait_for_blocked_signal() -> ExitCode {
    let signals = SigSet::from(Signal::SIGTERM);
    signals.thread_block().expect("a mask");
    say("ready");
    let signal = signals.wait().expect("a signal");
    say(&format!("caught {signal}"));
    ExitCode::from(7)
}

/// Emits and shuts down when it is dropped.
struct AtTheVeryEnd(Pipeline);

impl Drop for AtTheVeryEnd {
    fn drop(&mut self) {
        self.0.emit(&numbered(1));
        println!("{}", self.0.shutdown(Pipeline::SHUTDOWN_LIMIT));
    }
}

/// The main thread's locals are destroyed within `exit`, among the functions that C's `atexit` registers.
fn emit_at_the_very_end(pipeline: Option<Pipeline>) -> ExitCode {
    thread_local! {
        static LAST: RefCell<Option<AtTheVeryEnd>> = const { RefCell::new(None) };
    }
    LAST.set(pipeline.map(AtTheVeryEnd));
    ExitCode::from(3)
}

fn numbered(number: u64) -> Everything {
    Everything { any_number: Some(number), ..NOTHING }
}

/// Runs something in a forked process, which ends with it. Gives the process's id.
fn in_child(run: impl FnOnce() -> bool) -> i32 {
    match fork().expect("a fork") {
        Fork::Child => std::process::exit(i32::from(!run())),
        Fork::Parent(child) => child,
    }
}

#[track_caller]
fn join(child: i32) {
    let status = waitpid(child).expect("a child");
    assert_eq!(status, 0, "the child failed");
}

/// Emits 1 before the fork, 2 in the child and 3 in the parent. The span 4 runs meanwhile; so does 5, in the child.
fn fork_once(pipeline: &Pipeline) -> ExitCode {
    assert!(pipeline.flush(LIMIT));
    pipeline.set_consent(Consent::OptedIn);
    pipeline.emit(&numbered(1));
    let mut running = Some(pipeline.start(|| numbered(4)));
    let child = in_child(|| {
        let own = pipeline.start(|| numbered(5));
        drop(running.take());
        pipeline.emit(&numbered(2));
        own.end();
        let done = pipeline.shutdown(LIMIT);
        let stats = pipeline.stats();
        done && (stats.emitted, stats.sent, stats.dropped, stats.queued) == (2, 2, 0, 0)
    });
    join(child);
    running.into_iter().for_each(Running::end);
    pipeline.emit(&numbered(3));
    ExitCode::from(u8::from(!pipeline.shutdown(LIMIT)))
}

/// Each child emits its own number, while two threads of the parent hold the queue's locks most of the time.
fn fork_while_threads_emit(pipeline: &Pipeline) -> ExitCode {
    for _ in 0..2 {
        let pipeline = pipeline.clone();
        thread::spawn(move || {
            loop {
                pipeline.emit(&NOTHING);
            }
        });
    }
    for number in 1..=20 {
        let child = in_child(|| {
            pipeline.emit(&numbered(number));
            pipeline.flush(LIMIT) && pipeline.stats().sent == 1 && pipeline.shutdown(LIMIT)
        });
        join(child);
    }
    ExitCode::SUCCESS
}

/// A transport that was handed over stays with the parent: the child drops, and does not wait.
fn fork_with_transport() -> ExitCode {
    let transport = |_: candor::SignalKind, _: &[u8]| Ok(candor::Delivery::default());
    let (pipeline, _) = Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport).build();
    pipeline.emit(&NOTHING);
    let child = in_child(|| {
        pipeline.emit(&NOTHING);
        let start = Instant::now();
        let done = pipeline.flush(LIMIT);
        pipeline.emit(&NOTHING);
        let stats = pipeline.stats();
        done && start.elapsed() < LIMIT / 2 && (stats.emitted, stats.dropped) == (2, 2)
    });
    join(child);
    assert!(pipeline.flush(LIMIT));
    ExitCode::from(u8::from(pipeline.stats().sent != 1))
}

/// Emits from a task of a runtime with one thread, and says how late another task was at most, in milliseconds.
fn emit_in_runtime(pipeline: &Pipeline) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let late = runtime.block_on(async {
        let emitting = async {
            for _ in 0..200 {
                (0..100).for_each(|_| pipeline.emit(&NOTHING));
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        let mut late = Duration::ZERO;
        let ticking = async {
            loop {
                let start = Instant::now();
                tokio::time::sleep(Duration::from_millis(1)).await;
                late = late.max(start.elapsed());
            }
        };
        tokio::select! {
            () = emitting => {}
            () = ticking => {}
        }
        late
    });
    println!("{}", late.as_millis());
    ExitCode::SUCCESS
}
