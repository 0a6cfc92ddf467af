//! The first form of `telemetry.json`, which held one catalogue. It is read, and written in the present form.

use std::collections::BTreeMap;

use candor_domain::{DEFAULT_NAME, OPT_IN_NAME};
use serde::{Deserialize, Serialize};

use super::agreed_opt_out::AgreedOptOut;
use super::agreement::{Agreement, Item, Values};
use super::document::{Document, Entry, fingerprint, place};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    #[serde(rename = "candor")]
    _form: u32,
    catalogue: String,
    version: String,
    fingerprint: String,
    date: String,
    choice: Option<Word>,
    agreed: Agreed,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Off,
    On,
    Share,
}

/// In the order that the fingerprint was made in.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Agreed {
    endpoint: Option<String>,
    opt_out: Vec<String>,
    opt_in: Option<String>,
    items: BTreeMap<String, AgreedItem>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreedItem {
    by_default: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Values>,
}

/// Reads such a file.
pub(super) fn parse(text: &str) -> Result<Document, String> {
    let record: Record = serde_json::from_str(text).map_err(place)?;
    if fingerprint(&record.agreed).map_err(place)? != record.fingerprint {
        return Err("it was changed".to_owned());
    }
    let channels = |word| match word {
        Word::Off => Vec::new(),
        Word::On => vec![DEFAULT_NAME.to_owned()],
        Word::Share => vec![DEFAULT_NAME.to_owned(), OPT_IN_NAME.to_owned()],
    };
    let entry = Entry {
        version: Some(record.version),
        date: Some(record.date),
        granted: record.choice.map(channels),
        agreed: Some(record.agreed.into()),
        declined: None,
        libraries: None,
        installation_id: None,
        reported: None,
        fingerprint: String::new(),
    };
    let mut document = Document::new();
    document.insert(&record.catalogue, &entry).map_err(place)?;
    Ok(document)
}

impl From<Agreed> for Agreement {
    fn from(agreed: Agreed) -> Self {
        let item = |(name, item): (String, AgreedItem)| (name, Item::new(item.by_default, item.values));
        Agreement {
            endpoint: agreed.endpoint,
            elsewhere: BTreeMap::new(),
            opt_out: agreed.opt_out.into_iter().map(AgreedOptOut::Name).collect(),
            opt_in: agreed.opt_in,
            rotates: None,
            channels: BTreeMap::new(),
            items: agreed.items.into_iter().map(item).collect(),
        }
    }
}
