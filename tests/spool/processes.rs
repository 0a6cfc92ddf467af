//! Several processes and threads on one folder, and processes that are killed.
//!
//! Processes are this test's own program once more, with one test and an environment variable that says what to do.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use candor::{
    Cause, Consent, Delivery, Pipeline, Retry, SignalKind, Spool, SpoolLimits, Stats, Transport, TransportError,
};

use crate::common::{Counted, Fixture, LATER, Worked, catalogue, error, event, numbers};

const LIMIT: Duration = Duration::from_secs(60);

/// Much room, so that nothing is lost by the bounds.
const ROOM: SpoolLimits = SpoolLimits { max_bytes: 64 << 20, max_age: crate::DAY, per_send: 8 };

#[test]
fn a_record_that_is_being_sent_is_neither_sent_nor_deleted_by_others() {
    let fixture = Fixture::new();
    fixture.leave(1..=1);
    let (folder, network) = (fixture.folder.clone(), fixture.network.clone());
    let clock = fixture.clock.clone();
    let slow = move |kind: SignalKind, body: &[u8]| {
        if numbers(body) == [1] {
            let clock = clock.clone();
            let mut other = Spool::new(network.clone().transport(), catalogue(), &folder).clock(move || clock.now());
            assert_eq!(other.send(SignalKind::Event, &event(2)), Ok(Delivery::default()));
        }
        network.clone().transport().send(kind, body)
    };
    let clock = fixture.clock.clone();
    let mut spool = Spool::new(slow, catalogue(), &fixture.folder).clock(move || clock.now());
    assert_eq!(spool.send(SignalKind::Event, &event(3)), Ok(Delivery { resent: 1, ..Delivery::default() }));
    assert_eq!(fixture.network.numbers(), [2, 1, 3]);
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn threads_that_share_a_folder_send_everything_once() {
    let fixture = Fixture::new();
    let collector = Collector::start(50);
    let delivered: Vec<Delivery> = std::thread::scope(|scope| {
        let threads = (0..4).map(|thread| {
            let mut spool = Spool::new(collector.transport(), catalogue(), &fixture.folder).limits(ROOM);
            scope.spawn(move || {
                let send = |number| spool.send(SignalKind::Event, &event(number)).expect("taken or spooled");
                (thread * 1000..thread * 1000 + 100).map(send).collect::<Vec<_>>()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(delivered.iter().any(|delivery| delivery.spooled > 0) && delivered.iter().all(|d| d.lost == 0));
    collector.takes(100);
    let mut rest = Spool::new(collector.transport(), catalogue(), &fixture.folder).limits(ROOM);
    (0..50).for_each(|number| drop(rest.send(SignalKind::Event, &event(10_000 + number))));
    assert_eq!(fixture.files(), [""; 0]);
    let expected = (0..4).flat_map(|thread| thread * 1000..thread * 1000 + 100).chain(10_000..10_050);
    assert_eq!(collector.numbers(), expected.collect::<Vec<_>>());
}

#[test]
fn processes_that_share_a_folder_send_everything_once() {
    let fixture = Fixture::new();
    let collector = Collector::start(50);
    let mut children: Vec<Child> =
        (0..3).map(|child| start("count", &fixture.folder, &collector, 1_000_000 * child)).collect();
    assert!(children.iter_mut().all(|child| child.wait().expect("it ends").success()));
    collector.takes(100);
    assert!(start("drain", &fixture.folder, &collector, 9_000_000).wait().expect("it ends").success());
    let counted: Vec<u64> = collector.numbers().into_iter().filter(|number| *number < 9_000_000).collect();
    let expected = (0..3).flat_map(|child| child * 1_000_000..child * 1_000_000 + PER_ROUND * ROUNDS);
    assert_eq!(counted, expected.collect::<Vec<_>>());
    assert_eq!(fixture.files(), [""; 0]);
}

/// 40 kills, or as many as `CANDOR_KILLS` says.
#[test]
fn a_process_may_be_killed_at_any_moment() {
    let kills = std::env::var("CANDOR_KILLS").map_or(40, |kills| kills.parse().expect("a number"));
    let fixture = Fixture::new();
    let collector = Collector::start(50);
    let mut seen = Moments::default();
    for round in 0..kills {
        // Half of them while most goes into files, half while most is sent from files.
        let share = if round % 2 == 0 { 10 } else { 90 };
        collector.takes(share);
        let asked = collector.0.asked.load(SeqCst);
        let mut child = start("forever", &fixture.folder, &collector, round * 10_000_000);
        wait_until(|| collector.0.asked.load(SeqCst) > asked);
        std::thread::sleep(Duration::from_micros(random_below(25_000)));
        child.kill().expect("it runs");
        let _ = child.wait();
        wait_until(|| collector.0.connections.load(SeqCst) == 0); // what it sent last may still be on its way

        seen.note(&fixture.files());
        let waiting = fixture.waiting().len();
        collector.takes(100);
        let before = collector.bodies();
        let first = round * 10_000_000 + 5_000_000;
        let drained = start("drain", &fixture.folder, &collector, first).wait().expect("it ends");
        assert!(drained.success());
        assert_eq!(fixture.files(), [""; 0], "round {round}");
        let own =
            collector.numbers().iter().filter(|number| **number >= first && (**number - first) % PER_ROUND < 2).count();
        assert_eq!(collector.bodies() - before, waiting + own, "every whole record arrives, round {round}");
    }
    let numbers = collector.numbers();
    let mut once = numbers.clone();
    once.dedup();
    assert_eq!(numbers, once, "something was sent twice");
    println!("{kills} kills: {seen:?}; {} requests with {} signals arrived", collector.bodies(), numbers.len());
}

/// Every write fails there, as on a full disk: the process may write files of no bytes.
#[test]
#[cfg(unix)]
fn on_a_full_disk_signals_are_dropped_and_counted() {
    let fixture = Fixture::new();
    let collector = Collector::start(0);
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"]).arg(program());
    assert!(run(shell, "full", &fixture.folder, &collector, 0).wait().expect("it ends").success());
    assert!(fixture.folder.exists());
    assert_eq!(fixture.files(), [""; 0]);
    assert_eq!(collector.bodies(), 0);
}

/// The remains of the kills.
#[derive(Debug, Default)]
#[allow(dead_code, reason = "it is printed")]
struct Moments {
    while_writing: usize,
    while_sending: usize,
    records_waiting: usize,
}

impl Moments {
    fn note(&mut self, files: &[String]) {
        self.while_writing += usize::from(files.iter().any(|name| name.contains(".new.")));
        self.while_sending += usize::from(files.iter().any(|name| name.contains(".sending.")));
        self.records_waiting += files.iter().filter(|name| name.matches('.').count() == 1).count();
    }
}

fn random_below(limit: u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(limit) % limit
}

fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LIMIT, "it does not come");
        std::thread::sleep(Duration::from_micros(100));
    }
}

const CHILD: &str = "CANDOR_SPOOL_CHILD";

/// The number of rounds that a process counts that is not killed.
const ROUNDS: u64 = 100;

/// The number of signals in each: a span, and events, which share a request.
const PER_ROUND: u64 = 4;

fn program() -> PathBuf {
    std::env::current_exe().expect("a program")
}

fn start(what: &str, folder: &Path, collector: &Collector, first: u64) -> Child {
    run(Command::new(program()), what, folder, collector, first)
}

fn run(mut command: Command, what: &str, folder: &Path, collector: &Collector, first: u64) -> Child {
    let task = format!("{what} {first} {} {}", collector.0.address, folder.display());
    command.args(["--exact", "processes::child", "--nocapture"]).env(CHILD, task).stdout(Stdio::null());
    command.spawn().expect("a process")
}

/// Does nothing, except in a process that [`start`] started.
#[test]
fn child() {
    let Ok(task) = std::env::var(CHILD) else { return };
    let mut words = task.splitn(4, ' ');
    let mut next = || words.next().expect("a word");
    let (what, first, address) =
        (next(), next().parse::<u64>().expect("a number"), next().parse().expect("an address"));
    let folder = Path::new(next());
    let spool = Spool::new(send_to(address), catalogue(), folder).limits(ROOM);
    // What is half written is deleted when it is old.
    let ahead = if what == "drain" { LATER } else { Duration::ZERO };
    let spool = spool.clock(move || SystemTime::now() + ahead);
    let builder = Pipeline::builder(catalogue()).consent(Consent::Default).transport(spool);
    let (pipeline, _) = builder.build();
    let is_done = |round| match what {
        "count" | "full" => round == ROUNDS,
        "drain" => !std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()),
        _ => false,
    };
    for round in (0..).take_while(|round| !is_done(*round)) {
        assert!(what != "drain" || round < 1000, "the folder does not get empty");
        let number = first + PER_ROUND * round;
        (1..PER_ROUND).for_each(|i| pipeline.emit(&Counted { number: number + i, padding: None, note: None }));
        pipeline.emit(&Worked { number, pages: None });
        assert!(pipeline.flush(LIMIT));
    }
    let Stats { emitted, sent, dropped, queued, spooled, .. } = pipeline.stats();
    assert_eq!((emitted, queued), (sent + dropped + spooled, 0));
    assert_eq!(dropped, if what == "full" { emitted } else { 0 });
}

/// A collector that takes a part of what it gets, and asks for the rest later.
struct Collector(Arc<State>);

struct State {
    address: SocketAddr,
    percent: AtomicU32,
    asked: AtomicU64,
    connections: AtomicU64,
    taken: Mutex<Vec<Vec<u8>>>,
}

impl Collector {
    fn start(percent: u32) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            address,
            percent: percent.into(),
            asked: 0.into(),
            connections: 0.into(),
            taken: Mutex::default(),
        });
        let of_thread = state.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let state = of_thread.clone();
                state.connections.fetch_add(1, SeqCst);
                std::thread::spawn(move || {
                    serve(&state, connection);
                    state.connections.fetch_sub(1, SeqCst);
                });
            }
        });
        Collector(state)
    }

    fn takes(&self, percent: u32) {
        self.0.percent.store(percent, SeqCst);
    }

    fn bodies(&self) -> usize {
        self.0.taken.lock().expect("a list").len()
    }

    /// All numbers that arrived, sorted.
    fn numbers(&self) -> Vec<u64> {
        let mut all: Vec<u64> = self.0.taken.lock().expect("a list").iter().flat_map(|body| numbers(body)).collect();
        all.sort();
        all
    }

    fn transport(&self) -> impl Transport + use<> {
        send_to(self.0.address)
    }
}

/// One request after the other: a length, a body; and one byte for an answer.
fn serve(state: &State, mut connection: TcpStream) {
    let mut length = [0; 4];
    while connection.read_exact(&mut length).is_ok() {
        state.asked.fetch_add(1, SeqCst);
        let mut body = vec![0; u32::from_le_bytes(length) as usize];
        if connection.read_exact(&mut body).is_err() {
            return;
        }
        let taken = random_below(100) < state.percent.load(SeqCst).into();
        if taken {
            state.taken.lock().expect("a list").push(body);
        }
        if connection.write_all(&[u8::from(taken)]).is_err() {
            return;
        }
    }
}

fn send_to(address: SocketAddr) -> impl Transport {
    let mut connection = None;
    move |_: SignalKind, body: &[u8]| {
        let answer = send(&mut connection, address, body);
        answer.map_err(|error| TransportError {
            message: error.to_string(),
            retry: Retry::Later,
            cause: Cause::NoAnswer,
        })?
    }
}

fn send(
    connection: &mut Option<TcpStream>,
    address: SocketAddr,
    body: &[u8],
) -> std::io::Result<Result<Delivery, TransportError>> {
    if connection.is_none() {
        *connection = Some(TcpStream::connect(address)?);
    }
    let Some(connection) = connection else { return Ok(error(Retry::Later)) };
    connection.set_nodelay(true)?;
    connection.write_all(&[&(body.len() as u32).to_le_bytes(), body].concat())?;
    let mut answer = [0];
    connection.read_exact(&mut answer)?;
    // At once: a process that lives for some milliseconds has no time for pauses.
    Ok(if answer == [1] { Ok(Delivery::default()) } else { error(Retry::After(Duration::ZERO)) })
}
