//! The tests.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::collector::{Answer, Collector};
use crate::demo::catalogue;

pub fn all() -> Vec<Trial> {
    macro_rules! trials {
        ($($name:ident),+ $(,)?) => {
            vec![$(Trial::test(stringify!($name), || { $name(); Ok(()) })),+]
        };
    }
    trials![
        a_program_ends_as_it_would_without_telemetry,
        a_guard_takes_no_longer_than_its_limit,
        signals_end_a_program_as_they_would_without_telemetry,
        a_program_stops_and_goes_on,
        signals_that_a_program_blocks_never_reach_the_sender,
        the_very_end_is_not_too_late,
        the_proxy_of_the_environment_is_used,
        an_opt_out_in_the_environment_outlasts_the_application,
        a_fork_sends_its_own_signals_and_nothing_twice,
        a_fork_of_a_busy_process_is_never_stuck,
        a_fork_without_its_transport_drops,
        a_runtime_with_one_thread_is_not_held_up,
    ]
}

/// A collector that is not there, and one that takes connections and never says anything.
struct Bad {
    silent: TcpListener,
}

impl Bad {
    fn new() -> Bad {
        Bad { silent: TcpListener::bind("127.0.0.1:0").expect("a free port") }
    }

    /// With no pipeline at all first: what the others are compared with.
    fn endpoints(&self) -> [Option<String>; 3] {
        let silent = self.silent.local_addr().expect("an address");
        [None, Some("http://127.0.0.1:9".to_owned()), Some(format!("http://{silent}"))]
    }
}

/// The program that does `what`, in an environment with no opt-outs and no proxy, in a process group of its own.
fn program(what: &str, endpoint: Option<String>) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    let opt_outs = candor::UNIVERSAL_OPT_OUTS.into_iter().chain(catalogue().opt_out.iter().map(candor::OptOut::name));
    let proxies =
        ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];
    opt_outs.chain(proxies).for_each(|name| _ = command.env_remove(name));
    command.env("CANDOR_TEST_HOST", what).envs(endpoint.map(|endpoint| ("CANDOR_TEST_ENDPOINT", endpoint)));
    command.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    command
}

fn end_of(mut command: Command) -> (ExitStatus, Duration) {
    let start = Instant::now();
    let output = command.output().expect("a program");
    (output.status, start.elapsed())
}

/// Returns the output of the program, when it ends well.
#[track_caller]
fn output_of(mut command: Command) -> String {
    let output = command.stderr(Stdio::piped()).output().expect("a program");
    assert!(output.status.success(), "{}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The program, when it has said that it is ready.
fn ready(mut command: Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = command.spawn().expect("a program");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    (child, lines)
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().expect("a process id"))
}

/// Longer than a program takes that waits for nothing, on a machine that has much else to do; shorter than any timeout.
const AT_ONCE: Duration = Duration::from_secs(4);

fn a_program_ends_as_it_would_without_telemetry() {
    let bad = Bad::new();
    for (what, code) in [("return", 0), ("return 3", 3), ("exit 3", 3), ("panic", 101)] {
        for endpoint in bad.endpoints() {
            let (status, time) = end_of(program(what, endpoint.clone()));
            assert_eq!(status.code(), Some(code), "{what}, {endpoint:?}: {status}");
            assert!(time < AT_ONCE, "{what}, {endpoint:?}: {time:?}");
        }
    }
    for endpoint in bad.endpoints() {
        let (status, time) = end_of(program("abort", endpoint));
        assert_eq!(status.signal(), Some(Signal::SIGABRT as i32));
        assert!(time < AT_ONCE, "{time:?}");
    }
}

fn a_guard_takes_no_longer_than_its_limit() {
    let bad = Bad::new();
    for (what, code) in [("return 3 with a guard", 3), ("panic with a guard", 101)] {
        for endpoint in bad.endpoints() {
            let (status, time) = end_of(program(what, endpoint.clone()));
            assert_eq!(status.code(), Some(code), "{what}, {endpoint:?}: {status}");
            assert!(time < AT_ONCE + candor::Pipeline::SHUTDOWN_LIMIT, "{what}, {endpoint:?}: {time:?}");
        }
    }
}

fn signals_end_a_program_as_they_would_without_telemetry() {
    let bad = Bad::new();
    let signals = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGALRM];
    for signal in signals.into_iter().filter(|signal| !is_ignored(*signal)) {
        for what in ["wait", "wait in a flush"] {
            for endpoint in bad.endpoints() {
                let (mut child, _lines) = ready(program(what, endpoint));
                let start = Instant::now();
                kill(pid(&child), signal).expect("a signal");
                let status = child.wait().expect("an end");
                assert_eq!((status.code(), status.signal()), (None, Some(signal as i32)), "{what}: {status}");
                assert!(start.elapsed() < AT_ONCE, "{what}, {signal}");
            }
        }
    }
}

/// Returns true if a signal is ignored in the tests' own process, as with `nohup`. Programs inherit that.
fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal as i32 - 1) & 1 == 1
}

fn a_program_stops_and_goes_on() {
    let bad = Bad::new();
    for endpoint in bad.endpoints() {
        let (child, _lines) = ready(program("wait in a flush", endpoint));
        let next = |flags| waitpid(pid(&child), Some(flags)).expect("news of the child");
        kill(pid(&child), Signal::SIGTSTP).expect("a signal");
        assert_eq!(next(WaitPidFlag::WUNTRACED), WaitStatus::Stopped(pid(&child), Signal::SIGTSTP));
        kill(pid(&child), Signal::SIGCONT).expect("a signal");
        assert_eq!(next(WaitPidFlag::WCONTINUED), WaitStatus::Continued(pid(&child)));
        kill(pid(&child), Signal::SIGTERM).expect("a signal");
        assert_eq!(next(WaitPidFlag::empty()), WaitStatus::Signaled(pid(&child), Signal::SIGTERM, false));
    }
}

fn signals_that_a_program_blocks_never_reach_the_sender() {
    let bad = Bad::new();
    for endpoint in bad.endpoints() {
        let (mut child, mut lines) = ready(program("wait for a signal that is blocked", endpoint.clone()));
        kill(pid(&child), Signal::SIGTERM).expect("a signal");
        let status = child.wait().expect("an end");
        let mut said = String::new();
        lines.read_to_string(&mut said).expect("text");
        assert_eq!((status.code(), said.as_str()), (Some(7), "caught SIGTERM\n"), "{endpoint:?}: {status}");
    }
}

fn the_very_end_is_not_too_late() {
    let collector = Collector::start([Answer::ok()]);
    let (status, time) = end_of(program("emit at the very end", Some(collector.endpoint())));
    assert_eq!((status.code(), time < AT_ONCE), (Some(3), true), "{status} after {time:?}");
    assert_eq!(numbers(&collector), [1]);
    let bad = Bad::new();
    for endpoint in bad.endpoints() {
        let (status, time) = end_of(program("emit at the very end", endpoint));
        assert_eq!(status.code(), Some(3), "{status}");
        assert!(time < AT_ONCE + candor::Pipeline::SHUTDOWN_LIMIT, "{time:?}");
    }
}

/// The numbers of all signals that have one, sorted.
fn numbers(collector: &Collector) -> Vec<u64> {
    let payloads = collector.requests().into_iter().flat_map(|request| request.payloads(catalogue()));
    let number = |payload: String| {
        let digits = payload.split_once("\"any_number\":")?.1;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let mut numbers: Vec<u64> = payloads.filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}

fn the_proxy_of_the_environment_is_used() {
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let proxy = Collector::start([Answer::ok()]);
        let mut command = program("flush", Some("http://collector.example:4318".to_owned()));
        assert_eq!(
            output_of({
                command.env(variable, proxy.endpoint());
                command
            }),
            "true\n"
        );
        let targets: Vec<String> = proxy.requests().into_iter().map(|request| request.target).collect();
        assert_eq!(targets, ["CONNECT collector.example:4318", "POST /v1/traces"], "{variable}");
    }
}

fn an_opt_out_in_the_environment_outlasts_the_application() {
    for (value, consent) in [("0", "opted-in\n"), ("1", "off\n")] {
        let mut command = program("opt in", Some("http://127.0.0.1:9".to_owned()));
        command.env("DO_NOT_TRACK", value);
        assert_eq!(output_of(command), consent, "DO_NOT_TRACK={value}");
    }
}

fn a_fork_sends_its_own_signals_and_nothing_twice() {
    let collector = Collector::start([Answer::ok()]);
    output_of(program("fork", Some(collector.endpoint())));
    assert_eq!(numbers(&collector), [1, 2, 3, 4, 5]);
}

fn a_fork_of_a_busy_process_is_never_stuck() {
    let collector = Collector::start([Answer::ok()]);
    let start = Instant::now();
    output_of(program("fork while threads emit", Some(collector.endpoint())));
    assert_eq!(numbers(&collector), Vec::from_iter(1..=20));
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

fn a_fork_without_its_transport_drops() {
    output_of(program("fork with a transport", None));
}

fn a_runtime_with_one_thread_is_not_held_up() {
    for endpoint in Bad::new().endpoints().into_iter().flatten() {
        let late: u64 = output_of(program("emit in a runtime", Some(endpoint))).trim().parse().expect("milliseconds");
        assert!(Duration::from_millis(late) < AT_ONCE, "a task was {late} ms late");
    }
}
