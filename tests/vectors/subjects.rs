//! The catalogues whose vectors are run, each as it is written and as constants in this program.

use std::path::Path;

use candor::Consent;
use candor_codegen::vectors::{self, PairVector, Signal, SignalVector, ValueVector, Vector};
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
pub fn subjects() -> [Subject; 3] {
    [core(), demo(), Subject::new("crewai", "schema/crewai", &candor_crewai::CATALOGUE)]
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
    let share = setting("CANDOR_VECTORS", 6000) as usize / 3;
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

/// The level of a consent that is not off.
pub fn level(consent: &[String]) -> Consent {
    if consent.iter().any(|channel| channel == "opt_in") { Consent::OptedIn } else { Consent::Default }
}

/// Both levels, in the order of [`level_index`].
pub const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

/// The position of a consent's level in [`LEVELS`].
pub fn level_index(consent: &[String]) -> usize {
    usize::from(level(consent) == Consent::OptedIn)
}

/// The consent as the runtime has it.
pub fn consent(channels: &[String]) -> Consent {
    if channels.is_empty() { Consent::Off } else { level(channels) }
}
