//! At full speed into collectors that are no good: what becomes of memory, of the emitting thread, of the counters, and of
//! the end of the process.
//!
//! `cargo bench -p candor-benches --bench soak -- --seconds 60`; 10 seconds each unless said. Every collector meets a
//! process of its own, which is this program again. Loopback only. Ends with 1 when something is not as promised.

mod event;

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use candor::{Consent, Pipeline};
use event::{CrewDone, EVENT, catalogue};

/// A collector's way with a connection.
type Serve = fn(TcpStream) -> std::io::Result<()>;

const COLLECTORS: [(&str, Option<Serve>); 6] = [
    (
        "takes everything",
        Some(|stream| answer(stream, Duration::ZERO, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")),
    ),
    ("a dead port", None),
    (
        "answers after 10 s",
        Some(|stream| answer(stream, Duration::from_secs(10), b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")),
    ),
    (
        "answers 503",
        Some(|stream| {
            answer(stream, Duration::ZERO, b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy")
        }),
    ),
    ("closes within the body", Some(|mut stream| stream.read_exact(&mut [0; 4096]))),
    ("answers garbage", Some(|stream| answer(stream, Duration::ZERO, &[0x9d; 4096]))),
];

/// Bytes of signals, as an application has them that sets nothing.
const CAPACITY: u64 = 1 << 20;

/// The bytes that come on top of the capacity: the thread, the HTTP client, the compressor and its output.
const BESIDES: u64 = 2 << 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    if arguments.iter().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS; // `cargo test --benches` only wants to know that it builds
    }
    let seconds = after("--seconds").map_or(10, |seconds| seconds.parse().expect("a number of seconds"));
    if let Some(endpoint) = after("--endpoint") {
        soak(endpoint, Duration::from_secs(seconds));
        return ExitCode::SUCCESS;
    }
    println!(
        "{seconds} s each. Times of one call of `emit`, with the clock, in ns; most memory above what the process had"
    );
    println!("before, in KiB, of which {} are the capacity; the end of the process in ms.\n", CAPACITY / 1024);
    println!(
        "{:<24} {:>7} {:>7} {:>7} {:>10} {:>8} {:>11} {:>11} {:>11} {:>7} {:>8} {:>6}",
        "collector",
        "p50",
        "p99",
        "p99.9",
        "longest",
        "memory",
        "emitted",
        "sent",
        "dropped",
        "queued",
        "adds up",
        "end"
    );
    let kept: Vec<bool> = COLLECTORS.iter().map(|(name, serve)| run(name, *serve, seconds)).collect();
    match kept.iter().all(|kept| *kept) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The output of one process, in this order.
#[derive(Debug, Clone, Copy)]
struct Report {
    p50: u64,
    p99: u64,
    p999: u64,
    longest: u64,
    memory_kib: u64,
    emitted: u64,
    sent: u64,
    dropped: u64,
    queued: u64,
}

impl Report {
    fn write(&self) -> String {
        let Report { p50, p99, p999, longest, memory_kib, emitted, sent, dropped, queued } = self;
        format!("{p50} {p99} {p999} {longest} {memory_kib} {emitted} {sent} {dropped} {queued}")
    }

    fn read(line: &str) -> Report {
        let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().expect("a number")).collect();
        let [p50, p99, p999, longest, memory_kib, emitted, sent, dropped, queued] = numbers[..] else {
            panic!("nine numbers: {line}")
        };
        Report { p50, p99, p999, longest, memory_kib, emitted, sent, dropped, queued }
    }

    fn adds_up(&self) -> bool {
        self.emitted == self.sent + self.dropped + self.queued
    }
}

/// One process against one collector. Says whether everything was as promised.
fn run(name: &str, serve: Option<Serve>, seconds: u64) -> bool {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--seconds", &seconds.to_string(), "--endpoint", &start(serve)]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("this program");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut report = || Report::read(&lines.next().expect("a line").expect("text"));
    let (before_end, start_of_end) = (report(), Instant::now());
    let report = report();
    let status = child.wait().expect("an end");
    let end = start_of_end.elapsed().as_millis();
    let Report { p50, p99, p999, longest, memory_kib, emitted, sent, dropped, queued } = report;
    let adds_up = report.adds_up() && before_end.adds_up();
    println!(
        "{name:<24} {p50:>7} {p99:>7} {p999:>7} {longest:>10} {memory_kib:>8} {emitted:>11} {sent:>11} {dropped:>11} \
         {queued:>7} {adds_up:>8} {end:>6}",
    );
    let bounded = memory_kib * 1024 <= CAPACITY + BESIDES;
    adds_up && bounded && status.success() && p999 < 10_000 && end < 1_500
}

/// Starts a collector; gives its endpoint.
fn start(serve: Option<Serve>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let Some(serve) = serve else { return endpoint }; // and the port is free again
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    endpoint
}

/// Reads whole requests, and answers each with these bytes after a while.
fn answer(stream: TcpStream, wait: Duration, answer: &[u8]) -> std::io::Result<()> {
    let mut reader = BufReader::new(&stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line.is_empty() {
                break;
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        thread::sleep(wait);
        (&stream).write_all(answer)?;
    }
}

/// In the process of its own: emits for so long, then shuts down within a second. Reports before and after.
fn soak(endpoint: &str, time: Duration) {
    let mut times = Times::new();
    let event: &CrewDone = &EVENT;
    let resident = resident_kib("VmRSS:");
    let builder = Pipeline::builder(catalogue()).consent(Consent::OptedIn).endpoint(endpoint);
    let (pipeline, _) = builder.capacity(CAPACITY as usize).build();
    let start = Instant::now();
    let mut before = start;
    while before - start < time {
        pipeline.emit(black_box(event));
        let now = Instant::now();
        times.add(now - before);
        before = now;
    }
    let report = || {
        let stats = pipeline.stats();
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|part| times.quantile(part));
        let memory_kib = resident_kib("VmHWM:").saturating_sub(resident);
        let (longest, emitted, sent) = (times.longest, stats.emitted, stats.sent);
        let report =
            Report { p50, p99, p999, longest, memory_kib, emitted, sent, dropped: stats.dropped, queued: stats.queued };
        println!("{}", report.write());
    };
    report();
    pipeline.shutdown(Pipeline::SHUTDOWN_LIMIT);
    report();
}

/// The durations of the calls, in steps of [`Times::STEP`]; the clock is part of it.
struct Times {
    counts: Vec<u64>,
    longest: u64,
}

impl Times {
    const STEP: u64 = 8;

    fn new() -> Times {
        Times { counts: vec![1; 1 << 16].into_iter().map(|one| one - 1).collect(), longest: 0 }
    }

    fn add(&mut self, time: Duration) {
        let nanos = time.as_nanos() as u64;
        let last = self.counts.len() - 1;
        self.counts[((nanos / Self::STEP) as usize).min(last)] += 1;
        self.longest = self.longest.max(nanos);
    }

    fn quantile(&self, part: f64) -> u64 {
        let mut left = (self.counts.iter().sum::<u64>() as f64 * part) as u64;
        let reached = self.counts.iter().position(|count| {
            let reached = left < *count;
            left = left.saturating_sub(*count);
            reached
        });
        reached.map_or(self.longest, |position| position as u64 * Self::STEP)
    }
}

/// A line of `/proc/self/status`; 0 where there is none.
fn resident_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
