//! The levels of consent that have schemas, and how they are told apart: in paths, in ids and in titles.

use candor_schema::{Catalogue, Channel, Consent, DEFAULT};

/// The sets of channels whose schemas are written: `default` and `opted_in` for every signal, and for each channel that the
/// catalogue names what it lets through beside what is collected by default, for any signal.
pub(super) fn levels(catalogue: &Catalogue) -> Vec<Consent> {
    let named = catalogue.head().channels().iter().map(|channel| Consent::of(DEFAULT).and(channel.grants));
    let mut levels = vec![Consent::Default, Consent::OptedIn];
    levels.extend(named);
    levels
}

pub(super) fn path(catalogue: &Catalogue, stem: &str, level: Consent) -> String {
    format!("json-schema/{stem}.{}.schema.json", level_word(catalogue, level))
}

pub(super) fn urn(catalogue: &Catalogue, stem: &str, level: Consent) -> String {
    let head = catalogue.head();
    format!("urn:candor:{}:{}:{stem}:{}", head.name(), head.version(), level_word(catalogue, level))
}

/// `default`, `opted_in`, the channel whose level it is, or the names of all its channels.
fn level_word(catalogue: &Catalogue, level: Consent) -> String {
    let head = catalogue.head();
    let of_one = |channel: &&Channel| Consent::of(DEFAULT).and(channel.grants) == level;
    match level {
        Consent::Default => "default".to_owned(),
        Consent::OptedIn => "opted_in".to_owned(),
        level => match head.channels().iter().find(of_one) {
            Some(channel) => channel.name.clone(),
            None if level.is_off() => "off".to_owned(),
            None => head.channel_names(level).join("+"),
        },
    }
}

pub(super) fn at_level(catalogue: &Catalogue, level: Consent) -> String {
    match level {
        Consent::Default => "by default".to_owned(),
        Consent::OptedIn => "opted in".to_owned(),
        level if level.is_off() => "while off".to_owned(),
        level => format!("with {}", catalogue.head().channel_names(level).join(", ")),
    }
}
