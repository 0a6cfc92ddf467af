//! However many pipelines there are, a process has few threads for them: one that waits, and at most four that send.
#![cfg(target_os = "linux")]

mod demo;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use candor::{Cause, Consent, Delivery, Pipeline, Retry, SignalKind, TransportError};
use demo::{NOTHING, catalogue};

const PIPELINES: usize = 1_000;
const LIMIT: Duration = Duration::from_secs(60);

/// The threads of this process that send.
fn sending_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("the threads").flatten();
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
    tasks.map(name).filter(|name| name.trim() == "candor").count()
}

fn pipeline(send: impl FnMut() -> Result<Delivery, TransportError> + Send + 'static) -> Pipeline {
    let mut send = send;
    let transport = move |_: SignalKind, _: &[u8]| send();
    let builder = Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport);
    builder.max_age(Duration::from_millis(20)).capacity(64 << 10).build().0
}

/// One test, because it counts the threads of the process.
#[test]
fn a_thousand_pipelines_send_on_four_threads_at_most() {
    let (under_way, most, sent) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let pipelines: Vec<_> = (0..PIPELINES)
        .map(|number| {
            let (under_way, most, sent) = (under_way.clone(), most.clone(), sent.clone());
            let mut attempts = 0;
            pipeline(move || {
                most.fetch_max(under_way.fetch_add(1, SeqCst) + 1, SeqCst);
                thread::sleep(Duration::from_millis(1));
                under_way.fetch_sub(1, SeqCst);
                attempts += 1;
                // Every tenth collector is busy at first: its pipeline waits, and no thread waits with it.
                if number % 10 == 0 && attempts == 1 {
                    let retry = Retry::After(Duration::from_millis(300));
                    return Err(TransportError { message: "busy".to_owned(), retry, cause: Cause::Busy });
                }
                sent.fetch_add(1, SeqCst);
                Ok(Delivery::default())
            })
        })
        .collect();
    assert_eq!(sending_threads(), 0, "none before the first signal");
    pipelines.iter().for_each(|pipeline| pipeline.emit(&NOTHING));
    let start = Instant::now();
    let mut threads = 0;
    while sent.load(SeqCst) < PIPELINES {
        threads = threads.max(sending_threads());
        assert!(start.elapsed() < LIMIT, "{} sent", sent.load(SeqCst));
        thread::sleep(Duration::from_millis(1));
    }
    assert!((2..=4).contains(&threads), "{threads} threads");
    assert!((2..=4).contains(&most.load(SeqCst)), "{} requests at a time", most.load(SeqCst));
    assert!(pipelines.iter().all(|pipeline| pipeline.flush(LIMIT) && pipeline.stats().sent == 1));
    let wait = |what: &str, count: usize| {
        let start = Instant::now();
        while sending_threads() != count {
            assert!(start.elapsed() < LIMIT, "{what}: {} threads", sending_threads());
            thread::sleep(Duration::from_millis(1));
        }
    };
    wait("one waits for what comes next", 1);
    drop(pipelines);
    wait("the last one ends with the last pipeline", 0);

    let later = pipeline(|| Ok(Delivery::default()));
    later.emit(&NOTHING);
    assert!(later.flush(LIMIT));
    assert_eq!(later.stats().sent, 1, "and a new one begins");
}
