//! What people are told: the table, the notice, and the whole catalogue for machines.

use crate::{Catalogue, UNIVERSAL_OPT_OUTS};

/// When something is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collected {
    /// Always, until the user opts out.
    Default,
    /// Only after the user opted in.
    OptIn,
}

/// What a catalogue tells people.
#[derive(Debug)]
pub struct Disclosure {
    /// What its page opens with.
    pub intro: Option<&'static str>,
    /// The lines of its table.
    pub rows: &'static [Row],
    /// The whole catalogue, as `candor extract` finds it in the program. See [`Catalogue::document`].
    pub embedded: &'static str,
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// What the data is called.
    pub title: &'static str,
    /// Default or opt-in.
    pub collected: Collected,
    /// Why it is collected, and what it is.
    pub specifics: &'static str,
}

impl Disclosure {
    /// Nothing is told.
    pub const NONE: Disclosure = Disclosure { intro: None, rows: &[], embedded: "" };
}

impl Catalogue {
    /// The whole catalogue as JSON, in the catalogue's own format. Empty where the program carries none.
    pub fn document(&self) -> &'static str {
        let embedded = self.disclosure.embedded;
        embedded.find('{').map_or("", |start| &embedded[start..])
    }

    /// What to show before anything is sent: what is collected, and how to switch it off.
    pub fn notice(&self) -> String {
        let intro = self.disclosure.intro.map(|intro| format!("{}\n", intro.trim_end())).unwrap_or_default();
        let titles = |collected| {
            let rows = self.disclosure.rows.iter().filter(|row| row.collected == collected);
            rows.map(|row| row.title).collect::<Vec<_>>().join(", ")
        };
        let (by_default, opt_in) = (titles(Collected::Default), titles(Collected::OptIn));
        let mut text = format!("{} reports how it is used.\n{intro}", self.title);
        if !by_default.is_empty() {
            text += &format!("Collected by default: {by_default}.\n");
        }
        if let Some(switch) = self.opt_in.filter(|_| !opt_in.is_empty()) {
            text += &format!("Only with `{switch}`: {opt_in}.\n");
        }
        let switches: Vec<String> =
            self.opt_out.iter().chain(&UNIVERSAL_OPT_OUTS).map(|name| format!("{name}=1")).collect();
        text + &format!("To switch it off, set {}.", switches.join(" or "))
    }

    /// The table, for a terminal that is this many columns wide.
    pub fn table(&self, width: usize) -> String {
        let row = |row: &Row| {
            let when = match (row.collected, self.opt_in) {
                (Collected::Default, _) => "by default".to_owned(),
                (Collected::OptIn, Some(switch)) => format!("only with `{switch}`"),
                (Collected::OptIn, None) => "only after opting in".to_owned(),
            };
            format!("{} ({when})\n{}", row.title, wrap(row.specifics, width))
        };
        let rows: Vec<String> = self.disclosure.rows.iter().map(row).collect();
        format!("{} {}\n\n{}", self.title, self.version, rows.join("\n"))
    }
}

/// Lines that are no longer than `width`, each set in by two, as far as words allow.
fn wrap(text: &str, width: usize) -> String {
    let (mut lines, mut line) = (String::new(), String::from(" "));
    for word in text.split_whitespace() {
        if line.trim_start() != "" && line.chars().count() + 1 + word.chars().count() > width {
            lines += &line;
            lines.push('\n');
            line = String::from(" ");
        }
        line.push(' ');
        line += word;
    }
    lines + &line + "\n"
}
