//! A folder, a network and a clock that a test decides about, and signals with numbers.

use std::collections::VecDeque;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use candor::{Catalogue, Cause, Consent, Delivery, Retry, SignalKind, Spool, Telemetry, Transport, TransportError};
use candor_validate::{Item, Payload, read};

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/spool.yaml", event = "counted")]
pub struct Counted {
    pub number: u64,
    pub padding: Option<String>,
    pub note: Option<&'static str>,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/spool.yaml", span = "worked")]
pub struct Worked {
    pub number: u64,
    pub pages: Option<Vec<Page>>,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/spool.yaml", span = "hidden")]
pub struct Hidden {
    pub number: u64,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/spool.yaml", object = "page")]
pub struct Page {
    pub size: u64,
    pub note: Option<&'static str>,
}

pub fn catalogue() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/spool.yaml")
}

/// The request for one signal.
pub fn request<T: Telemetry>(consent: Consent, value: &T) -> Vec<u8> {
    candor::request(catalogue(), consent, value).expect("consent allows it")
}

pub fn event(number: u64) -> Vec<u8> {
    request(Consent::Default, &Counted { number, padding: None, note: None })
}

pub fn padded(number: u64, bytes: usize) -> Vec<u8> {
    request(Consent::Default, &Counted { number, padding: Some("x".repeat(bytes)), note: None })
}

pub fn span(number: u64) -> Vec<u8> {
    request(Consent::Default, &Worked { number, pages: None })
}

/// The numbers in a request, as anybody would read it. Panics where something is broken.
pub fn numbers(body: &[u8]) -> Vec<u64> {
    static CATALOGUE: LazyLock<candor_schema::Catalogue> = LazyLock::new(|| {
        candor_schema::load(Path::new("tests/fixtures/spool.yaml")).catalogue.expect("a catalogue without findings")
    });
    let number = |item: Item| match item {
        Item::Payload(Payload { value, .. }) => value["attributes"]["number"].as_u64().expect("a number"),
        Item::Unreadable(unreadable) => panic!("{unreadable:?}"),
    };
    read(&CATALOGUE, body).expect("telemetry").into_iter().map(number).collect()
}

pub type Answer = Result<Delivery, TransportError>;

/// "Try again later."
pub fn later() -> Answer {
    Err(TransportError { message: "the network is away".to_owned(), retry: Retry::Later, cause: Cause::NoAnswer })
}

/// Longer than any pause, shorter than a day.
pub const LATER: Duration = Duration::from_secs(2 * 60 * 60);

/// The parts of a folder's spool. Clones are the same parts.
pub struct Fixture {
    _home: tempfile::TempDir,
    pub folder: PathBuf,
    pub network: Network,
    pub clock: Clock,
}

impl Fixture {
    pub fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("spool");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let clock = Clock(Arc::new(AtomicU64::new(now.as_micros() as u64)));
        Fixture { _home: home, folder, network: Network::default(), clock }
    }

    pub fn spool(&self) -> Spool {
        self.spool_of(catalogue())
    }

    pub fn spool_of(&self, catalogue: &'static Catalogue) -> Spool {
        let clock = self.clock.clone();
        Spool::new(self.network.clone().transport(), catalogue, &self.folder).clock(move || clock.now())
    }

    /// Leaves one record with each of these numbers, as an earlier process would.
    pub fn leave(&self, numbers: RangeInclusive<u64>) {
        let away = Network::default();
        away.is(later());
        let clock = self.clock.clone();
        let mut spool = Spool::new(away.transport(), catalogue(), &self.folder).clock(move || clock.now());
        for number in numbers {
            assert_eq!(spool.send(SignalKind::Event, &event(number)).map(|delivery| delivery.spooled), Ok(1));
            self.clock.forward(Duration::from_millis(1));
        }
    }

    /// The names of all files, in order.
    pub fn files(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(&self.folder) else { return Vec::new() };
        let mut names: Vec<String> =
            files.map(|file| file.expect("a file").file_name().into_string().expect("text")).collect();
        names.sort();
        names
    }

    /// The names of the records that wait.
    pub fn waiting(&self) -> Vec<String> {
        self.files().into_iter().filter(|name| name.matches('.').count() == 1).collect()
    }

    /// Counts the bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files().iter().map(|name| fs::metadata(self.folder.join(name)).expect("a file").len()).sum()
    }

    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.folder.join(from), self.folder.join(to)).expect("renamed");
    }
}

/// A collector and the way to it.
#[derive(Clone)]
pub struct Network(Arc<Mutex<State>>);

struct State {
    answer: Answer,
    first: VecDeque<Answer>,
    taken: Vec<(SignalKind, Vec<u8>)>,
    asked: usize,
}

impl Default for Network {
    fn default() -> Self {
        let answer = Ok(Delivery::default());
        Network(Arc::new(Mutex::new(State { answer, first: VecDeque::new(), taken: Vec::new(), asked: 0 })))
    }
}

impl Network {
    /// Sets the answer from now on.
    pub fn is(&self, answer: Answer) {
        self.0.lock().expect("a state").answer = answer;
    }

    /// Sets one answer before that.
    pub fn is_once(&self, answer: Answer) {
        self.0.lock().expect("a state").first.push_back(answer);
    }

    pub fn transport(self) -> impl Transport {
        move |kind: SignalKind, body: &[u8]| {
            let mut state = self.0.lock().expect("a state");
            state.asked += 1;
            let answer = state.first.pop_front().unwrap_or_else(|| state.answer.clone());
            if answer.is_ok() {
                state.taken.push((kind, body.to_vec()));
            }
            answer
        }
    }

    /// Counts how often something was to be sent.
    pub fn asked(&self) -> usize {
        self.0.lock().expect("a state").asked
    }

    pub fn taken(&self) -> Vec<(SignalKind, Vec<u8>)> {
        self.0.lock().expect("a state").taken.clone()
    }

    /// The numbers of all signals that arrived.
    pub fn numbers(&self) -> Vec<u64> {
        self.taken().iter().flat_map(|(_, body)| numbers(body)).collect()
    }
}

pub fn error(retry: Retry) -> Answer {
    Err(TransportError { message: "the collector answered".to_owned(), retry, cause: Cause::Refused })
}

/// Microseconds since 1970.
#[derive(Clone)]
pub struct Clock(Arc<AtomicU64>);

impl Clock {
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(self.0.load(Relaxed))
    }

    pub fn forward(&self, by: Duration) {
        self.0.fetch_add(by.as_micros() as u64, Relaxed);
    }

    pub fn back(&self, by: Duration) {
        self.0.fetch_sub(by.as_micros() as u64, Relaxed);
    }
}
