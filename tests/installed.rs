//! The installation id and the times of signals that go at intervals, which are kept beside the choice. Several processes are
//! this test's own program once more, with one test and variables that say what to do.

#[path = "support/unseen.rs"]
mod unseen;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use candor::{
    Builder, Catalogue, Consent, Delivery, InstallationId, OptOut, Pipeline, Signal, SignalKind, Store, Telemetry,
    Transport, TransportError, host,
};
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(10);
const DAY: u64 = 24 * 60 * 60;

fn catalogue() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/installed.yaml")
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/installed.yaml", event = "alive")]
struct Alive {
    copy: Option<InstallationId>,
    word: Option<&'static str>,
}

/// Seconds since 1970 by the clock of all stores of one test thread's folder.
static NOW: AtomicU64 = AtomicU64::new(1_800_000_000);

fn clock() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.load(SeqCst))
}

/// Tests that turn the clock do not run beside each other.
static TURN: Mutex<()> = Mutex::new(());

type Sent = Arc<Mutex<Vec<String>>>;

struct Keep(Sent);

impl Transport for Keep {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError> {
        self.0.lock().expect("what was sent").extend(candor::decode(catalogue(), kind, body));
        Ok(Delivery::default())
    }
}

struct Fixture {
    folder: TempDir,
    sent: Sent,
}

impl Fixture {
    fn new() -> Self {
        Fixture { folder: tempfile::tempdir().expect("a folder"), sent: Arc::default() }
    }

    /// One whose user chose the default.
    fn chosen() -> Self {
        let fixture = Fixture::new();
        fixture.store().choose(Consent::Default).expect("a writable folder");
        fixture
    }

    fn store(&self) -> Store {
        Store::at(catalogue(), self.folder.path()).clock(clock)
    }

    fn builder(&self) -> Builder {
        Pipeline::builder(catalogue()).store(self.store()).transport(Keep(self.sent.clone()))
    }

    fn pipeline(&self) -> Pipeline {
        self.builder().build().0
    }

    fn id(&self) -> Option<InstallationId> {
        self.pipeline().installation_id()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.folder.path().join("telemetry.json")).expect("a file")
    }

    /// Emits in a run of its own, and says how many arrived since the last time.
    fn run(&self) -> (usize, candor::Stats) {
        let pipeline = self.pipeline();
        pipeline.emit_with(|| Alive { copy: pipeline.installation_id(), word: None });
        assert!(pipeline.shutdown(LIMIT));
        let arrived = std::mem::take(&mut *self.sent.lock().expect("what was sent")).len();
        (arrived, pipeline.stats())
    }
}

fn turn(seconds: i64) {
    NOW.fetch_add(seconds as u64, SeqCst); // wraps, as subtraction does
}

#[test]
fn the_id_is_made_at_the_first_consent_and_goes_with_off() {
    let _turn = TURN.lock();
    let fixture = Fixture::new();
    assert_eq!(fixture.id(), None, "nobody was asked");
    assert!(!fixture.folder.path().join("telemetry.json").exists());
    fixture.store().choose(Consent::Default).expect("a writable folder");
    assert!(fixture.text().contains("\"installation_id\""), "it is made with the choice");
    let id = fixture.id().expect("an id");
    assert_eq!((fixture.id(), fixture.pipeline().stats().ids_missing), (Some(id), 0));
    assert!(fixture.text().contains(&id.to_string()));
    fixture.store().choose(Consent::OptedIn).expect("a writable folder");
    assert_eq!(fixture.id(), Some(id), "another choice keeps it");
    fixture.run();
    assert!(fixture.text().contains("\"reported\""));
    fixture.store().choose(Consent::Off).expect("a writable folder");
    let text = fixture.text();
    assert!(!text.contains("\"installation_id\"") && !text.contains("\"reported\"") && !text.contains(&id.to_string()));
    assert_eq!(fixture.id(), None);
    fixture.store().choose(Consent::Default).expect("a writable folder");
    assert_ne!(fixture.id(), Some(id), "it is another one");
}

#[test]
fn a_notice_makes_one_and_an_application_that_asks_itself_too() {
    if unseen::tested_in_a_child("a_notice_makes_one_and_an_application_that_asks_itself_too") {
        return;
    }
    let _turn = TURN.lock();
    let fixture = Fixture::new();
    fixture.store().notice_shown().expect("a writable folder");
    assert!(fixture.text().contains("\"installation_id\""));
    let fixture = Fixture::new();
    let (pipeline, _) = fixture.builder().consent(Consent::Default).build();
    let id = pipeline.installation_id().expect("an id");
    assert_eq!(fixture.builder().consent(Consent::Default).build().0.installation_id(), Some(id));
    assert_eq!(fixture.store().read().date, None, "that is no choice and no notice");
    assert!(pipeline.notice_due().is_none() && fixture.pipeline().notice_due().is_some());
    pipeline.set_consent(Consent::Off);
    assert_eq!(pipeline.installation_id(), None);
    assert!(!fixture.text().contains("\"installation_id\""), "{}", fixture.text());
}

#[test]
fn what_is_sent_has_the_id() {
    let _turn = TURN.lock();
    let fixture = Fixture::chosen();
    let pipeline = fixture.pipeline();
    let id = pipeline.installation_id().expect("an id");
    pipeline.emit(&Alive { copy: Some(id), word: Some("word") });
    assert!(pipeline.shutdown(LIMIT));
    let sent = fixture.sent.lock().expect("what was sent").join("");
    assert!(sent.contains(&format!("\"attributes\":{{\"copy\":\"{id}\",\"word\":\"word\"}}")), "{sent}");
}

#[test]
fn the_id_is_another_one_when_its_time_is_up() {
    let _turn = TURN.lock();
    let fixture = Fixture::chosen();
    let pipeline = fixture.pipeline();
    let id = pipeline.installation_id().expect("an id");
    turn(30 * DAY as i64 - 1);
    assert_eq!((pipeline.installation_id(), fixture.id()), (Some(id), Some(id)));
    turn(1);
    let next = pipeline.installation_id().expect("an id");
    assert_ne!(next, id);
    assert_eq!(fixture.id(), Some(next));
    turn(-40 * DAY as i64);
    assert_ne!(fixture.id(), Some(next), "nobody knows how old it is");
}

/// Until the user has seen that it is kept for longer, it is not.
#[test]
fn a_longer_rotation_waits_until_it_was_seen() {
    let _turn = TURN.lock();
    let fixture = Fixture::chosen();
    let longer = changed(Some(365 * DAY));
    let store = || Store::at(longer, fixture.folder.path()).clock(clock);
    let pipeline = || Pipeline::builder(longer).store(store()).transport(Keep(fixture.sent.clone())).build().0;
    let id = pipeline().installation_id().expect("an id");
    let notice = pipeline().notice_due().expect("a notice");
    assert_eq!(notice.added, ["the installation id is the same for 365 days"]);
    turn(31 * DAY as i64);
    assert_ne!(pipeline().installation_id(), Some(id), "as was agreed to");
    let id = pipeline().installation_id();
    store().notice_shown().expect("a writable folder");
    turn(31 * DAY as i64);
    assert_eq!(pipeline().installation_id(), id);
}

/// The catalogue with another length of the id's life.
fn changed(rotates_seconds: Option<u64>) -> &'static Catalogue {
    let Catalogue { name, version, service, endpoints, opt_in, signals, .. } = *catalogue();
    let policy = catalogue().installation_id;
    let installation_id = policy.map(|policy| candor::InstallationIdPolicy { rotates_seconds, ..policy });
    let changed = Catalogue { name, version, service, endpoints, opt_in, signals, installation_id, ..Catalogue::EMPTY };
    Box::leak(Box::new(changed))
}

#[test]
fn an_id_that_cannot_be_read_is_absent_and_counted() {
    let _turn = TURN.lock();
    let fixture = Fixture::chosen();
    let path = fixture.folder.path().join("telemetry.json");
    let damaged = fixture.text().replace("-4", "-5");
    fs::write(&path, &damaged).expect("a writable folder");
    // The application may still say yes, and then there is no id.
    let (pipeline, _) = fixture.builder().consent(Consent::Default).build();
    assert_eq!((pipeline.installation_id(), pipeline.installation_id()), (None, None));
    assert_eq!(pipeline.stats().ids_missing, 2);
    assert!(pipeline.last_failure().is_some_and(|why| why.starts_with("there is no installation id: ")));
    assert_eq!(fixture.text(), damaged, "nothing is drawn anew");
    let (pipeline, _) =
        Pipeline::builder(catalogue()).consent(Consent::Default).transport(Keep(fixture.sent.clone())).build();
    assert_eq!((pipeline.installation_id(), pipeline.stats().ids_missing), (None, 1), "there is no store");
}

#[test]
fn a_signal_at_intervals_goes_once_in_its_interval() {
    let _turn = TURN.lock();
    let fixture = Fixture::chosen();
    assert_eq!(fixture.run().0, 1);
    let (arrived, stats) = fixture.run();
    assert_eq!((arrived, stats.emitted, stats.dropped, stats.not_due, stats.unclaimed), (0, 1, 1, 1, 0));
    turn(DAY as i64 - 1);
    assert_eq!(fixture.run().0, 0);
    turn(1);
    assert_eq!(fixture.run().0, 1);
    let pipeline = fixture.pipeline();
    (0..5).for_each(|_| pipeline.emit(&Alive { copy: None, word: None }));
    assert!(pipeline.shutdown(LIMIT));
    let stats = pipeline.stats();
    assert_eq!((stats.emitted, stats.dropped, stats.not_due, stats.sent), (5, 5, 5, 0));
    let status = host::status(&fixture.pipeline());
    let next = humantime_of(NOW.load(SeqCst) + DAY);
    assert!(status.contains(&format!("at intervals: event installed.alive, next after {next}")), "{status}");
    turn(DAY as i64);
    let status = host::status(&fixture.pipeline());
    assert!(status.contains("at intervals: event installed.alive, next at any time"), "{status}");
}

fn humantime_of(seconds: u64) -> String {
    let days = Command::new("date").args(["-u", "-d", &format!("@{seconds}"), "+%Y-%m-%dT%H:%M:%SZ"]).output();
    String::from_utf8(days.expect("a date").stdout).expect("a text").trim().to_owned()
}

#[test]
fn what_cannot_be_claimed_is_not_sent_and_counted() {
    let _turn = TURN.lock();
    let fixture = Fixture::chosen();
    let check = |pipeline: Pipeline, why: &str| {
        pipeline.emit(&Alive { copy: None, word: None });
        assert!(pipeline.shutdown(LIMIT));
        let stats = pipeline.stats();
        assert_eq!(
            (stats.emitted, stats.sent, stats.dropped, stats.unclaimed, stats.not_due),
            (1, 0, 1, 1, 0),
            "{why}"
        );
        let failure = pipeline.last_failure().expect("a reason");
        assert!(failure.starts_with("event installed.alive is not sent: ") && failure.contains(why), "{failure}");
    };
    let alone = Pipeline::builder(catalogue()).consent(Consent::Default).transport(Keep(fixture.sent.clone()));
    check(alone.build().0, "keeps no store");
    assert_eq!(fixture.run().0, 1);
    turn(-3600);
    check(fixture.pipeline(), "the clock was set back");
    turn(3600);
    fs::write(fixture.folder.path().join("telemetry.json"), "{").expect("a writable folder");
    check(fixture.builder().consent(Consent::Default).build().0, "is not as it was written");
}

/// Data that a notice tells of is held back in its run, whatever is written beside it.
#[test]
fn a_claim_does_not_end_the_run_of_a_notice() {
    let _turn = TURN.lock();
    let fixture = Fixture::new();
    let pipeline = fixture.pipeline();
    pipeline.notice_shown().expect("a writable folder");
    let before = fixture.store().read().fingerprint;
    let (other, _) = fixture.builder().consent(Consent::Default).build();
    other.emit(&Alive { copy: None, word: None });
    assert!(other.shutdown(LIMIT) && fixture.text().contains("\"reported\""));
    assert_eq!(fixture.store().read().fingerprint, before);
    assert_eq!(pipeline.reload().consent, Consent::Off);
}

#[test]
fn a_shorter_interval_than_was_agreed_to_is_held_back() {
    let _turn = TURN.lock();
    let fixture = Fixture::chosen();
    let held = |every: u64| {
        let of = |signal: &'static Signal| -> &'static Signal { Box::leak(Box::new(signal.clone().every(every))) };
        let signals: Vec<&'static Signal> = catalogue().signals.iter().map(|signal| of(signal)).collect();
        let Catalogue { name, version, service, endpoints, opt_in, installation_id, .. } = *catalogue();
        let signals = Box::leak(signals.into_boxed_slice());
        let changed =
            Catalogue { name, version, service, endpoints, opt_in, installation_id, signals, ..Catalogue::EMPTY };
        let changed: &'static Catalogue = Box::leak(Box::new(changed));
        let store = Store::at(changed, fixture.folder.path());
        let (pipeline, _) = Pipeline::builder(changed).store(store).transport(Keep(Sent::default())).build();
        pipeline.notice_due().map(|notice| notice.added).unwrap_or_default()
    };
    assert_eq!(held(DAY), [""; 0]);
    assert_eq!(held(2 * DAY), [""; 0]);
    assert_eq!(held(DAY / 2), ["event installed.alive"]);
    assert_eq!(held(0), ["event installed.alive"]);
}

#[test]
fn switches_that_the_catalogue_lists() {
    let catalogue = candor::catalogue!("tests/fixtures/switches.yaml");
    let builder = || Pipeline::builder(catalogue).consent(Consent::Default);
    let off = |builder: Builder| {
        let (_, decision) = builder.build();
        (decision.consent, decision.layers[1].to_string())
    };
    let given = off(builder().flag("--no-telemetry", true).expect("a flag"));
    assert_eq!(given, (Consent::Off, "switches: off (the flag --no-telemetry was given), which decides".to_owned()));
    let setting = off(builder().setting("telemetry.enabled", false).expect("a setting"));
    assert_eq!(setting.1, "switches: off (the setting telemetry.enabled is off), which decides");
    let command = off(builder().command("switches telemetry off", true).expect("a command"));
    assert_eq!(command.1, "switches: off (the command switches telemetry off was run), which decides");
    let nothing = builder().flag("--no-telemetry", false).and_then(|it| it.setting("telemetry.enabled", true));
    let nothing = off(nothing.expect("they are listed"));
    assert_eq!(nothing, (Consent::Default, "switches: nothing".to_owned()));
    let unknown = builder().flag("--quiet", true).err().expect("it is not listed").to_string();
    assert_eq!(unknown, "the catalogue lists no flag \"--quiet\" in `consent.opt_out`; it lists --no-telemetry");
    assert!(builder().setting("--no-telemetry", true).is_err(), "a flag is no setting");
    for (name, value, consent) in [
        ("SWITCHES_TELEMETRY", "false", Consent::Off),
        ("SWITCHES_TELEMETRY", "", Consent::Off),
        ("SWITCHES_TELEMETRY", "perhaps", Consent::Off),
        ("SWITCHES_TELEMETRY", "ON", Consent::Default),
        ("SWITCHES_TELEMETRY", "1", Consent::Default),
        ("SWITCHES_OFF", "perhaps", Consent::Off),
        ("SWITCHES_OFF", "0", Consent::Default),
        ("OTHER", "1", Consent::Default),
    ] {
        let environment = |known: &str| (known == name).then(|| value.to_owned());
        let decision = candor::resolve_with(catalogue, Some(Consent::Default), environment);
        assert_eq!(decision.consent, consent, "{name}={value}");
    }
    let notice = catalogue.notice();
    let switch = "To switch it off, give `--no-telemetry`, switch off the setting `telemetry.enabled`, run `switches telemetry \
                  off`, or set SWITCHES_OFF=1 or SWITCHES_TELEMETRY=0 or DO_NOT_TRACK=1 or OTEL_SDK_DISABLED=1.";
    assert!(notice.ends_with(switch), "{notice}");
    assert_eq!(catalogue.opt_out[2], OptOut::Flag("--no-telemetry"));
}

const FOLDER: &str = "CANDOR_TEST_FOLDER";

/// The work of a child process. Not a test by itself: without a folder it is done at once.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let (sent, store) = (Sent::default(), Store::at(catalogue(), folder));
    let builder = Pipeline::builder(catalogue()).store(store).transport(Keep(sent.clone()));
    let (pipeline, _) = builder.consent(Consent::Default).build();
    let id = pipeline.installation_id();
    pipeline.emit(&Alive { copy: id, word: None });
    assert!(pipeline.shutdown(Duration::from_secs(60)));
    let arrived = sent.lock().expect("what was sent").len();
    println!("CHILD {} {arrived} {}", id.map_or("none".to_owned(), |id| id.to_string()), pipeline.stats().not_due);
}

fn start(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    let opt_outs = candor::UNIVERSAL_OPT_OUTS;
    opt_outs.iter().for_each(|name| _ = command.env_remove(name));
    command.args(["--exact", "child", "--nocapture"]).env(FOLDER, folder).stdout(Stdio::piped());
    command.spawn().expect("a child")
}

/// Twelve processes that begin at once have one id, and one of them sends.
#[test]
fn processes_agree_on_one_id_and_one_of_them_reports() {
    for _ in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        let children: Vec<Child> = (0..12).map(|_| start(folder.path())).collect();
        let said: Vec<String> = children
            .into_iter()
            .map(|child| {
                let output = child.wait_with_output().expect("it ends");
                assert!(output.status.success());
                let text = String::from_utf8(output.stdout).expect("a text");
                let line = text.lines().find_map(|line| line.split("CHILD ").nth(1)).expect("a line");
                line.to_owned()
            })
            .collect();
        let ids: std::collections::HashSet<&str> = said.iter().map(|line| &line[..36.min(line.len())]).collect();
        assert_eq!(ids.len(), 1, "{said:?}");
        let sent: usize = said.iter().filter_map(|line| line.split(' ').nth(1)?.parse::<usize>().ok()).sum();
        let early: usize = said.iter().filter_map(|line| line.split(' ').nth(2)?.parse::<usize>().ok()).sum();
        assert_eq!((sent, early), (1, 11), "{said:?}");
    }
}
