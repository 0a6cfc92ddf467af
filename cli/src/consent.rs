//! Sets of channels as they are written on the command line.

use std::fmt;
use std::str::FromStr;

use candor_schema::{Catalogue, Consent, did_you_mean};

/// `off`, `default`, `opted-in`, or names of channels with commas: exactly these, and what they imply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSet(String);

impl Default for ChannelSet {
    fn default() -> Self {
        ChannelSet("default".to_owned())
    }
}

impl FromStr for ChannelSet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
        };
        match text.split(',').all(is_name) && text != "all" {
            true => Ok(ChannelSet(text.to_owned())),
            false => Err("expected off, default, opted-in, or names of channels with commas".to_owned()),
        }
    }
}

impl fmt::Display for ChannelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ChannelSet {
    /// The set in a catalogue.
    ///
    /// # Errors
    /// It has no channel of one of the names.
    pub fn consent(&self, catalogue: &Catalogue) -> Result<Consent, String> {
        let head = catalogue.head();
        match self.0.as_str() {
            "off" => return Ok(Consent::Off),
            "default" => return Ok(Consent::Default),
            "opted-in" | "opted_in" => return Ok(Consent::OptedIn),
            _ => {}
        }
        let consent = head.consent_of(self.0.split(',')).map_err(|name| {
            let names =
                || ["default", "opt_in"].into_iter().chain(head.channels().iter().map(|channel| &*channel.name));
            match did_you_mean(name, names()) {
                Some(near) => format!("the catalogue has no channel `{name}`; did you mean `{near}`?"),
                None => format!(
                    "the catalogue has no channel `{name}`; there are: {}",
                    names().collect::<Vec<_>>().join(", ")
                ),
            }
        })?;
        Ok(head.closed(consent))
    }
}
