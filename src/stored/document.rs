//! The form of `telemetry.json`: an entry for each catalogue that keeps its choice in the folder. Not where it is kept.
//!
//! `candor schema stored` prints a schema that says the same. An entry has a fingerprint over all of it; one that does not have its
//! fingerprint, or a key that is not known here, is in doubt, and the other entries are not. Entries of other catalogues
//! stay as they are, whatever is in them.

use std::collections::BTreeMap;
use std::fmt;

use candor_domain::{DEFAULT_NAME, OPT_IN_NAME};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::agreement::Agreement;
use super::document_v1;
use crate::{Catalogue, Consent, OPT_IN, domain_id};

/// The version of this form.
const FORM: u32 = 2;

/// The whole file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    candor: u32,
    /// By the catalogues' names.
    #[serde(deserialize_with = "unique")]
    catalogues: BTreeMap<String, Value>,
    /// The state that counts for catalogues that are not listed, when their choices may be lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    others: Option<Others>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Others {
    Off,
}

/// The entry of one catalogue. Fields that are `None` are left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Version of the catalogue that the user was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The time of the choice or the notice, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The channels that they granted, in order; none are off. Without a choice it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Vec<String>>,
    /// The agreement. Without it the user was shown nothing: the application set consent by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreement>,
    /// The fingerprint of what they were asked to agree to beyond that, and did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<String>,
    /// The agreements on libraries that bring catalogues of their own, by their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub libraries: Option<BTreeMap<String, Library>>,
    /// The installation's id. Off keeps none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installation_id: Option<InstallationRecord>,
    /// The times at which signals that go at intervals went last, by their names, in RFC 3339. Off keeps none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<BTreeMap<String, String>>,
    /// Over the catalogue's name and all of the above. [`Document::insert`] adds it.
    #[serde(default, skip_serializing)]
    pub fingerprint: String,
}

/// An installation id as it stands in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InstallationRecord {
    pub id: String,
    /// The time when it was drawn, in RFC 3339.
    pub drawn: String,
}

/// The agreement on a library.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Library {
    version: String,
    date: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    granted: Option<Vec<String>>,
    agreed: Agreement,
}

/// The answer of a file about one catalogue.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// The entry that was written.
    Entry(Box<Entry>),
    /// Something that is not as it was written, and why that is known.
    Doubt(String),
}

impl Document {
    /// A file without entries.
    pub fn new() -> Self {
        Document { candor: FORM, catalogues: BTreeMap::new(), others: None }
    }

    /// A file without entries, in place of one that could not be read.
    pub fn in_doubt() -> Self {
        Document { others: Some(Others::Off), ..Document::new() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It is not as it was written, or of a form that is not known here.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            candor: u32,
        }
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        match serde_json::from_str::<Head>(text).map_err(place)?.candor {
            1 => document_v1::parse(text),
            FORM => serde_json::from_str(text).map_err(place),
            form => Err(format!("it has form {form}, which this version of the program does not know")),
        }
    }

    /// The text of the file.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Looks up a catalogue. One that is not listed may have been, where another entry was changed: the changed name
    /// may be its own.
    pub fn find(&self, catalogue: &str) -> Found {
        if let Some(value) = self.catalogues.get(catalogue) {
            return find_entry(catalogue, value);
        }
        let changed = self.catalogues.iter().any(|(name, value)| !is_sealed(name, value));
        match self.others {
            None if changed => Found::Doubt("one of its entries was changed".to_owned()),
            None => Found::Nothing,
            Some(Others::Off) => Found::Doubt("it replaced one that could not be read".to_owned()),
        }
    }

    /// Adds an entry with its fingerprint, or replaces it.
    pub fn insert(&mut self, catalogue: &str, entry: &Entry) -> serde_json::Result<()> {
        let mut value = serde_json::to_value(entry)?;
        value[FINGERPRINT] = seal(catalogue, &value).into();
        self.catalogues.insert(catalogue.to_owned(), value);
        Ok(())
    }

    /// Returns true if there are entries of other catalogues.
    pub fn is_shared(&self, catalogue: &str) -> bool {
        self.catalogues.keys().any(|name| name != catalogue)
    }
}

impl Entry {
    /// Returns true if what the user was shown is there as a whole, or not at all.
    fn is_whole(&self) -> bool {
        let shown = [self.version.is_some(), self.date.is_some(), self.agreed.is_some()];
        shown == [true; 3] || shown == [false; 3] && self.granted.is_none() && self.declined.is_none()
    }

    /// Returns true if the user was shown every channel that they granted.
    fn has_names(&self) -> bool {
        let known = |granted: &[String]| self.agreed.as_ref().is_some_and(|agreed| are_names(granted, agreed));
        self.granted.as_deref().is_none_or(known)
    }

    /// Returns the user's choice, if there is one. A name that the catalogue has no more grants nothing. A channel that is on
    /// by default and that they were never shown comes with the default; what goes through it is held back until then.
    pub fn choice(&self, catalogue: &Catalogue) -> Option<Consent> {
        let (granted, agreed) = (self.granted.as_ref()?, self.agreed.as_ref()?);
        let by_default = granted.iter().any(|name| name == DEFAULT_NAME);
        let is_new = |name: &str| !agreed.channels.contains_key(name);
        let added = catalogue.channels.iter().filter(|channel| by_default && channel.is_on() && is_new(channel.name));
        let numbers = granted.iter().filter_map(|name| match name.as_str() {
            OPT_IN_NAME => Some(OPT_IN),
            name => catalogue.channel(name),
        });
        let all = numbers.chain(added.map(|channel| channel.number));
        Some(catalogue.tidied(all.fold(Consent::Off, |consent, number| consent.and(Consent::of(number)))))
    }
}

/// An entry, once it is known to be as it was written.
fn find_entry(catalogue: &str, value: &Value) -> Found {
    if !is_sealed(catalogue, value) {
        return Found::Doubt(format!("its entry for {catalogue} was changed"));
    }
    match Entry::deserialize(value) {
        Ok(entry) if entry.is_whole() && entry.has_names() => Found::Entry(Box::new(entry)),
        // Its words are not said again: they may be anything.
        _ => Found::Doubt(format!("its entry for {catalogue} says what this version of the program does not know")),
    }
}

const FINGERPRINT: &str = "fingerprint";

fn is_sealed(catalogue: &str, value: &Value) -> bool {
    value.get(FINGERPRINT).is_some_and(|found| *found == seal(catalogue, value))
}

/// The fingerprint of an entry: over the catalogue's name and all members, whether they are known here or not.
fn seal(catalogue: &str, value: &Value) -> String {
    let mut text = format!("{catalogue:?}");
    if let Value::Object(members) = value {
        let covered = members.iter().filter(|(name, _)| *name != FINGERPRINT);
        covered.collect::<BTreeMap<_, _>>().into_iter().for_each(|member| canonical(&mut text, member));
    }
    format!("{:016x}", domain_id(&text))
}

/// Writes a member so that its order, of which JSON makes nothing, does not count.
fn canonical(text: &mut String, (name, value): (&String, &Value)) {
    *text += &format!("{name:?}:");
    match value {
        Value::Object(members) => {
            text.push('{');
            members.iter().collect::<BTreeMap<_, _>>().into_iter().for_each(|member| canonical(text, member));
            text.push('}');
        }
        // Lists are in order, and what is in them is read as it was written.
        other => *text += &other.to_string(),
    }
}

/// Computes a fingerprint of a value.
pub(super) fn fingerprint(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(format!("{:016x}", domain_id(&serde_json::to_string(value)?)))
}

/// The names of the channels in a consent that a catalogue has, sorted.
pub(super) fn channels(catalogue: &Catalogue, consent: Consent) -> Vec<String> {
    catalogue.channel_names(consent).into_iter().map(str::to_owned).collect()
}

/// Returns whether these are names of channels that the user was shown: sorted, each once. Without channels of the catalogue's own,
/// the opt-in comes with the default.
fn are_names(granted: &[String], agreed: &Agreement) -> bool {
    let is_known =
        |name: &String| [DEFAULT_NAME, OPT_IN_NAME].contains(&name.as_str()) || agreed.channels.contains_key(name);
    let is_opt_in_alone = agreed.channels.is_empty() && granted == [OPT_IN_NAME];
    granted.is_sorted_by(|first, second| first < second) && granted.iter().all(is_known) && !is_opt_in_alone
}

/// Says where a text is wrong, without its words.
pub(super) fn place(error: serde_json::Error) -> String {
    format!("line {}, column {} is not as it was written", error.line(), error.column())
}

/// A map in which no key is there twice: it is not known which of two entries counts.
fn unique<'d, D: Deserializer<'d>>(deserializer: D) -> Result<BTreeMap<String, Value>, D::Error> {
    struct Unique;
    impl<'d> Visitor<'d> for Unique {
        type Value = BTreeMap<String, Value>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'d>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = entries.next_entry::<String, Value>()? {
                if map.insert(key, value).is_some() {
                    return Err(A::Error::custom("a key is there twice"));
                }
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(Unique)
}
