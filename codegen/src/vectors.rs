//! Conformance vectors: inputs, and what every voice must make of them.
//!
//! ```text
//! Catalogue ─reading→ Signal, Attribute, Domain ─values→ members ─reference→ Vector ─format→ a line of JSON
//! ```
//!
//! The filters, the validators and the schemas say the same thing in different words; vectors are what they are held
//! against. The expectations come from [`reference`], which is naive and calls nothing of what it judges: no domain of
//! `candor_schema`, no pattern engine of the validator. Only `reading` knows the catalogue's types.
//!
//! A vector is made once, with a seed, and holds for every voice. A voice that cannot say it stands in its `skip`, with
//! the reason. `voices` has those rules for the voices of this repository.

mod domain;
pub mod format;
pub mod json_text;
mod model;
mod numbers;
mod pairs;
mod pattern_text;
mod reading;
pub mod reference;
mod times;
mod values;
pub mod voices;

use candor_schema::Catalogue;
use fastrand::Rng;

pub use model::{
    Attribute, Domain, Filtered, Member, PairVector, Reason, Signal, SignalVector, Skip, Value, ValueVector, Vector,
    Why,
};
use values::Aim;

/// An endless row of vectors for a catalogue. The same seed gives the same row.
#[derive(Debug)]
pub struct Vectors {
    signals: Vec<Signal>,
    attributes: Vec<Attribute>,
    consents: Vec<Vec<String>>,
    /// The positions of every signal's members, each as often as it has places where a value may be wrong.
    places: Vec<(usize, usize)>,
    random: Rng,
}

/// Prepares the vectors of a catalogue.
pub fn plan(catalogue: &Catalogue, seed: u64) -> Vectors {
    let signals = reading::signals(catalogue);
    let place = |(signal, own): (usize, &Signal)| {
        let places = own.members.iter().map(|member| values::places(&member.attribute.domain)).enumerate();
        places.flat_map(move |(member, count)| vec![(signal, member); count]).collect::<Vec<_>>()
    };
    Vectors {
        places: signals.iter().enumerate().flat_map(place).collect(),
        signals,
        attributes: reading::attributes(catalogue),
        consents: reading::consents(catalogue),
        random: Rng::with_seed(seed),
    }
}

/// One line of a file of vectors.
pub fn render(vector: &Vector) -> String {
    format::write(vector)
}

impl Vectors {
    /// The signals that vectors are about.
    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// Returns the answer that every voice must give for these members. `None` where there is no such signal.
    pub fn judge(&self, signal: &str, consent: &[String], members: &[(String, Value)]) -> Option<SignalVector> {
        let signal = self.signals.iter().find(|known| known.id == *signal)?;
        Some(judge(signal, consent, members))
    }

    /// Every other vector has one place that may be wrong and is sound apart from it: what refuses a payload as a whole is
    /// only seen to refuse it for that.
    fn signal(&mut self) -> Option<Vector> {
        let Vectors { signals, consents, places, random, .. } = self;
        let consent = if random.u8(..20) == 0 { consents.first() } else { random.choice(&consents[1..]) };
        let consent = consent?;
        let (signal, members) = match random.choice(&*places).filter(|_| random.bool()) {
            Some((signal, member)) => {
                let signal = &signals[*signal];
                (signal, probe(signal, &signal.members[*member], consent, random))
            }
            None => {
                let signal = random.choice(&*signals)?;
                (signal, members(signal, consent, random))
            }
        };
        Some(Vector::Signal(Box::new(judge(signal, consent, &members))))
    }

    fn value(&mut self) -> Option<Vector> {
        let Vectors { attributes, consents, random, .. } = self;
        let attribute = random.choice(&*attributes)?;
        let aim = random.choice([Aim::Inside, Aim::Edge, Aim::Edge, Aim::Anywhere])?;
        let value = values::for_domain(&attribute.domain, aim, random);
        let everything = consents.last()?;
        Some(Vector::Value(ValueVector {
            attribute: attribute.id.clone(),
            admits: reference::is_inside(&attribute.domain, &value, everything),
            skip: voices::skips_of_value(&attribute.domain, &value),
            value,
        }))
    }

    fn pair(&mut self) -> Option<Vector> {
        let attribute = self.random.choice(&self.attributes)?;
        Some(Vector::Pair(pairs::pair(&attribute.domain, &mut self.random)))
    }
}

impl Iterator for Vectors {
    type Item = Vector;

    /// `None` only for a catalogue without signals.
    fn next(&mut self) -> Option<Vector> {
        match self.random.u8(..10) {
            0 => self.value(),
            1 => self.pair(),
            _ => self.signal(),
        }
    }
}

fn judge(signal: &Signal, consent: &[String], members: &[(String, Value)]) -> SignalVector {
    SignalVector {
        signal: signal.id.clone(),
        consent: consent.to_owned(),
        members: members.to_owned(),
        filtered: reference::filter(signal, consent, members),
        valid: reference::is_valid(signal, consent, members),
        skip: voices::skips(signal, consent, members),
    }
}

/// Members that are fine, or of which every third is at a bound; with up to four changes. Every other time they are such as
/// typed programs have them, so that voices of few types have something to say.
fn members(signal: &Signal, consent: &[String], random: &mut Rng) -> Vec<(String, Value)> {
    let (only_allowed, typed, bold) = (random.u8(..3) > 0, random.bool(), random.u8(..3) == 0);
    let is_chosen = |member: &&Member| !only_allowed || reference::allows(consent, &member.attribute.needs);
    let mut members = Vec::new();
    for Member { name, required, attribute } in signal.members.iter().filter(is_chosen) {
        if *required || random.bool() {
            let aim = if bold && random.u8(..3) == 0 { Aim::Edge } else { Aim::Inside };
            let value = match typed {
                true => values::for_domain(&attribute.domain, aim, random),
                false => values::for_attribute(attribute, aim, random),
            };
            members.push((name.clone(), value));
        }
    }
    for _ in 0..random.choice([0, 0, 1, 1, 2, 4]).unwrap_or_default() {
        values::change(&signal.members, &mut members, random);
    }
    if random.u8(..8) == 0 {
        random.shuffle(&mut members);
    }
    if typed {
        values::settle(&signal.members, &mut members);
    }
    members
}

/// Makes the members that a signal needs, and one member with a value at a bound.
fn probe(signal: &Signal, probed: &Member, consent: &[String], random: &mut Rng) -> Vec<(String, Value)> {
    let is_needed = |member: &&Member| member.required && reference::allows(consent, &member.attribute.needs);
    let others = signal.members.iter().filter(is_needed).filter(|member| member.name != probed.name);
    let mut members: Vec<_> = others
        .map(|member| (member.name.clone(), values::for_domain(&member.attribute.domain, Aim::Inside, random)))
        .collect();
    members.push((probed.name.clone(), values::probe(&probed.attribute.domain, random)));
    if random.bool() {
        values::settle(&signal.members, &mut members);
    }
    members
}
