//! Everything that decides, against everything else: the decision, its reason, and the bytes that arrive.
//!
//! A process is started for each environment. It tries every state of the store, each with a path of its own on the
//! receiver's side, so that the receiver knows what came from where.

use std::collections::HashMap;
use std::process::Command;
use std::thread;
use std::time::Duration;

use candor::{Consent, Pipeline, Store};

use crate::receiver::Receiver;
use crate::{EXPORTED, agreed};

const ENDPOINT: &str = "CANDOR_TEST_ENDPOINT";

/// The stored choices, by name.
const STATES: [(&str, Option<Consent>); 5] = [
    ("first-run", None),
    ("shown", None),
    ("off", Some(Consent::Off)),
    ("on", Some(Consent::Default)),
    ("share", Some(Consent::OptedIn)),
];

/// The child process. Not a test by itself: without an endpoint it is done at once.
#[test]
fn child() {
    let Ok(endpoint) = std::env::var(ENDPOINT) else { return };
    for (name, choice) in STATES {
        for explicit in [None, Some(Consent::Off), Some(Consent::OptedIn)] {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Store::at(agreed(), folder.path());
            match choice {
                Some(choice) => store.choose(choice).expect("a writable folder"),
                None if name == "shown" => store.notice_shown().expect("a writable folder"),
                None => {}
            }
            let case = format!("{name}-{}", explicit.map_or("unset".to_owned(), |explicit| explicit.to_string()));
            let builder = Pipeline::builder(agreed()).store(store.clone()).endpoint(format!("{endpoint}/{case}"));
            let builder = explicit.into_iter().fold(builder, |builder, consent| builder.consent(consent));
            let (pipeline, decision) = builder.build();
            pipeline.emit(&EXPORTED);
            assert!(pipeline.shutdown(Duration::from_secs(10)));
            assert_eq!(decision.consent == Consent::Off, store.last_run().is_none(), "nothing is kept while off");
            println!("CASE {case}: {} because {}", decision.consent, decision.reason);
        }
    }
}

/// Returns the expected decision, in words, where `environment` switches off or continuous integration is found.
fn expected(state: &str, explicit: &str, off: Option<&str>, ci: bool) -> (Consent, String) {
    let set = |consent| (consent, "the application set it".to_owned());
    let chosen = |consent| (consent, "chosen on".to_owned());
    match (off, explicit, state, ci) {
        (Some(variable), ..) => (Consent::Off, format!("the environment has {variable}")),
        (None, "off", ..) => set(Consent::Off),
        (None, "opted-in", ..) => set(Consent::OptedIn),
        (None, _, "off", _) => chosen(Consent::Off),
        (None, _, "on", _) => chosen(Consent::Default),
        (None, _, "share", _) => chosen(Consent::OptedIn),
        (None, _, _, true) => (Consent::Off, "GITHUB_ACTIONS says that nobody is here to ask".to_owned()),
        (None, _, "first-run", false) => (Consent::Off, "the notice was not shown yet".to_owned()),
        (None, ..) => (Consent::Default, "nobody said otherwise".to_owned()),
    }
}

/// One environment, all states of the store. Gives how many cases there were, and how many of them were off.
fn check(variable: Option<(&str, &str)>, switches_off: bool, ci: bool) -> (usize, usize) {
    let receiver = Receiver::start().expect("a receiver");
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    let known = candor::CONTINUOUS_INTEGRATION.iter().chain(&OPT_OUTS);
    for name in known {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().to_uppercase().contains("PROXY")) {
        command.env_remove(name);
    }
    command.args(["--exact", "matrix::child", "--nocapture"]).env(ENDPOINT, receiver.endpoint()).envs(variable);
    let output = command.envs(ci.then_some(("GITHUB_ACTIONS", "true"))).output().expect("a child");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");

    let mut arrived: HashMap<String, Vec<u8>> = HashMap::new();
    for request in receiver.take() {
        let case = request.target.split('/').nth(1).unwrap_or_default().to_owned();
        arrived.entry(case).or_default().extend(request.body);
    }
    let off = variable.filter(|_| switches_off).map(|(name, value)| format!("{name}={value}"));
    let (mut cases, mut offs) = (0, 0);
    for line in said.lines().filter_map(|line| line.split_once("CASE ")) {
        let (case, decided) = line.1.split_once(": ").expect("a decision");
        let (state, explicit) = STATES
            .iter()
            .find_map(|(state, _)| Some((*state, case.strip_prefix(state)?.strip_prefix('-')?)))
            .expect("a case");
        let (consent, reason) = expected(state, explicit, off.as_deref(), ci);
        let context = format!("{variable:?}, ci {ci}, {case}: {decided}");
        assert!(decided.starts_with(&format!("{consent} because {reason}")), "{context}");
        let body = arrived.remove(case);
        assert_eq!(body.is_none(), consent == Consent::Off, "{context}");
        let holds = |needle: &str| body.iter().any(|body| body.windows(needle.len()).any(|w| w == needle.as_bytes()));
        assert_eq!(holds("Taxes"), consent == Consent::OptedIn, "{context}");
        (cases, offs) = (cases + 1, offs + usize::from(consent == Consent::Off));
    }
    assert!(arrived.is_empty(), "requests that no case sent: {:?}", arrived.keys());
    (cases, offs)
}

const OPT_OUTS: [&str; 3] = ["DO_NOT_TRACK", "OTEL_SDK_DISABLED", "NOTEBOOK_NO_TELEMETRY"];

/// Twelve that switch off.
const YES: [&str; 12] = ["1", "true", "TRUE", "True", "yes", "YES", "on", "y", "t", " 1 ", "enabled", "perhaps"];

/// Four that do not.
const NO: [&str; 4] = ["", "0", "False", "no"];

#[test]
fn every_opt_out_spelling_choice_and_surrounding() {
    let spellings = YES.map(|word| (word, true)).into_iter().chain(NO.map(|word| (word, false)));
    let spelt = |variable| spellings.clone().map(move |(word, off)| (Some((variable, word)), off));
    let environments: Vec<_> = OPT_OUTS.into_iter().flat_map(spelt).chain([(None, false)]).collect();
    let totals = thread::scope(|scope| {
        let halves = [false, true].map(|ci| {
            let environments = &environments;
            scope.spawn(move || {
                let counts = environments.iter().map(|(variable, off)| check(*variable, *off, ci));
                counts.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
            })
        });
        halves.map(|half| half.join().expect("half of the matrix"))
    });
    let each = STATES.len() * 3;
    for (cases, offs) in totals {
        assert_eq!(cases, 49 * each);
        assert!(offs >= 36 * each, "{offs}");
    }
}
