//! The validator beside serde_json and `jsonschema` with the generated schemas: the same verdict on every payload.
//!
//! A million payloads of random catalogues and of CrewAI's, each changed a little as a value and as bytes. One difference
//! is meant: keys that are there twice are refused, of which a JSON Schema knows nothing.
//!
//! `CANDOR_CASES` says how many payloads, `CANDOR_SEED` with which seed to begin. A failure names the seed of its
//! catalogue: with it and `CANDOR_CASES=1` only that catalogue is looked at.

#[path = "differential/bytes.rs"]
mod bytes;
#[path = "differential/catalogues.rs"]
mod catalogues;
mod common;
#[path = "differential/node.rs"]
mod node;
#[path = "differential/oracle.rs"]
mod oracle;
#[path = "differential/payloads.rs"]
mod payloads;

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use candor_codegen::json_schema::payload_schema;
use candor_schema::{Catalogue, Consent};
use candor_validate::{Payload, Rule, Validator};
use fastrand::Rng;
use oracle::Oracle;

/// Payloads of one catalogue.
const ROUND: u64 = 10_000;

/// The verdicts that were seen.
#[derive(Debug, Default)]
struct Counts {
    cases: usize,
    accepted: usize,
    rules: BTreeMap<Rule, usize>,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.cases += other.cases;
        self.accepted += other.accepted;
        for (rule, count) in other.rules {
            *self.rules.entry(rule).or_default() += count;
        }
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn the_same_verdicts_as_serde_json_and_jsonschema() {
    let rounds = setting("CANDOR_CASES", 1_000_000).div_ceil(ROUND);
    let first = setting("CANDOR_SEED", 0);
    let (next, total) = (AtomicU64::new(0), Mutex::new(Counts::default()));
    let work = || {
        loop {
            let round = next.fetch_add(1, Ordering::Relaxed);
            if round >= rounds {
                return;
            }
            let counts = run_round(first + round);
            *total.lock().expect("counts") += counts;
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));

    let Counts { cases, accepted, rules } = total.into_inner().expect("counts");
    println!("{cases} payloads, {accepted} of them accepted, 0 differences; refused for {rules:?}");
    if rounds > 10 {
        assert!((cases * 4 / 10..cases * 6 / 10).contains(&accepted), "{accepted} of {cases} are accepted");
        // So many violations in one payload are in `verdict.rs`.
        for rule in Rule::ALL.iter().filter(|rule| **rule != Rule::LeftOut) {
            assert!(rules.get(rule).is_some_and(|count| *count > 1000), "{rule} is hardly ever broken");
        }
    }
}

fn run_round(seed: u64) -> Counts {
    let mut random = Rng::with_seed(seed);
    let catalogue = if seed.is_multiple_of(4) { common::crewai() } else { catalogues::random(&mut random) };
    let sides = [Consent::Default, Consent::OptedIn].map(|level| {
        let oracle = Oracle::new(&payload_schema(&catalogue, level));
        (Validator::new(&catalogue, level), oracle)
    });
    let mut counts = Counts::default();
    for _ in 0..ROUND {
        let shared = random.bool();
        let payload = case(&catalogue, shared, &mut random);
        // What is shared is mostly held against what may be shared.
        let (validator, oracle) = &sides[usize::from(shared != (random.usize(..8) == 0))];
        compare(validator, oracle, &payload, seed, &mut counts);
    }
    counts
}

fn case(catalogue: &Catalogue, shared: bool, random: &mut Rng) -> Vec<u8> {
    let mut payload = payloads::random(catalogue, shared, random);
    payloads::change(catalogue, &mut payload, random);
    let mut bytes = bytes::write(&payload, random);
    bytes::change(&mut bytes, random);
    bytes
}

fn compare(validator: &Validator<'_>, oracle: &Oracle, payload: &[u8], seed: u64, counts: &mut Counts) {
    let ours = validator.is_valid(payload);
    let (theirs, value) = oracle.verdict(payload);
    let shown = || format!("seed {seed}: {}", String::from_utf8_lossy(payload));
    assert_eq!(ours, theirs, "accepted by us (left), by jsonschema (right); {}", shown());
    counts.cases += 1;
    counts.accepted += usize::from(ours);
    if ours {
        assert_eq!(validator.check(payload), [], "{}", shown());
        return;
    }
    let violations = validator.check(payload);
    assert!(!violations.is_empty(), "refused for nothing: {}", shown());
    for violation in &violations {
        *counts.rules.entry(violation.rule).or_default() += 1;
    }
    // As a value it has the same mistakes, but for those that only bytes can have.
    let is_of_bytes = violations.iter().any(|found| matches!(found.rule, Rule::NotJson | Rule::DuplicateKey));
    if let Some(value) = value.filter(|_| !is_of_bytes) {
        assert_eq!(validator.check_payload(&Payload::from(value)), violations, "{}", shown());
    }
}
