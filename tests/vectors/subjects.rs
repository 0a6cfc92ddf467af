//! The catalogues whose vectors are run, each as it is written and as constants in this program.

use std::collections::BTreeMap;
use std::path::Path;

use candor::Consent;
use candor_codegen::vectors::{self, PairVector, Signal, SignalVector, Value, ValueVector, Vector};
use candor_schema::Catalogue;

/// A catalogue.
pub struct Subject {
    pub name: &'static str,
    pub catalogue: Catalogue,
    pub constants: &'static candor::Catalogue,
    /// The signals, as vectors know them.
    pub signals: Vec<Signal>,
}

impl Subject {
    fn new(name: &'static str, path: &str, constants: &'static candor::Catalogue) -> Self {
        let catalogue = candor_schema::load(Path::new(path)).catalogue.expect("a sound catalogue");
        let signals = vectors::plan(&catalogue, 0).signals().to_vec();
        Subject { name, catalogue, constants, signals }
    }

    /// The signal of a vector.
    pub fn signal(&self, vector: &SignalVector) -> &Signal {
        self.signals.iter().find(|signal| signal.id == vector.signal).expect("a signal of the catalogue")
    }
}

/// All of them.
pub fn subjects() -> [Subject; 4] {
    [core(), demo(), channels(), Subject::new("crewai", "schema/crewai", &candor_crewai::CATALOGUE)]
}

/// A catalogue that names channels.
fn channels() -> Subject {
    Subject::new("channels", "tests/fixtures/channels.yaml", candor::catalogue!("tests/fixtures/channels.yaml"))
}

/// The catalogue of the hand-written vectors.
pub fn core() -> Subject {
    Subject::new("core", "tests/vectors/core.yaml", candor::catalogue!("tests/vectors/core.yaml"))
}

fn demo() -> Subject {
    Subject::new("demo", "tests/fixtures/demo.yaml", crate::demo::catalogue())
}

/// The vectors of a catalogue, by kind.
#[derive(Default)]
pub struct Row {
    pub signals: Vec<SignalVector>,
    pub values: Vec<ValueVector>,
    pub pairs: Vec<PairVector>,
}

/// This catalogue's share of all vectors.
pub fn row(subject: &Subject) -> Row {
    let share = setting("CANDOR_VECTORS", 8000) as usize / 4;
    let mut row = Row::default();
    for vector in vectors::plan(&subject.catalogue, setting("CANDOR_SEED", 0)).take(share) {
        match vector {
            Vector::Signal(vector) => row.signals.push(*vector),
            Vector::Value(vector) => row.values.push(vector),
            Vector::Pair(vector) => row.pairs.push(vector),
        }
    }
    if subject.name == "core" {
        row.signals.extend(crate::core::written().into_iter().map(|written| written.vector));
    }
    row
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// The consent of a vector, as a catalogue of constants has it.
pub fn consent(subject: &Subject, channels: &[String]) -> Consent {
    let number = |name: &String| match name.as_str() {
        "opt_in" => candor::OPT_IN,
        name => subject.constants.channel(name).expect("a channel of the catalogue"),
    };
    channels.iter().map(number).fold(Consent::Off, |consent, number| consent.and(Consent::of(number)))
}

/// Something for each consent, made when it is first asked for.
pub struct AtConsent<T, M> {
    made: BTreeMap<u32, T>,
    make: M,
}

impl<T, M: Fn(Consent) -> T> AtConsent<T, M> {
    pub fn new(make: M) -> Self {
        AtConsent { made: BTreeMap::new(), make }
    }

    pub fn get(&mut self, consent: Consent) -> &T {
        self.made.entry(consent.bits()).or_insert_with(|| (self.make)(consent))
    }
}

/// The marker of a signal that needs all of these channels.
pub fn marker(channels: &[String]) -> Option<(String, Value)> {
    let mut names: Vec<_> = channels.iter().filter(|name| *name != "default").map(String::as_str).collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| ("candor.channels".to_owned(), Value::text(&names.join(","))))
}
