//! Texts for people: the notice and the table; and the whole catalogue for machines.

use crate::{Catalogue, Collected, Consent, Row, UNIVERSAL_OPT_OUTS};

impl Catalogue {
    /// The whole catalogue as JSON, in the catalogue's own format. Empty where the program carries none.
    pub fn document(&self) -> &'static str {
        let embedded = self.disclosure.embedded;
        embedded.find('{').map_or("", |start| &embedded[start..])
    }

    /// What to show before anything is sent: what is collected, where it goes, and how to switch it off.
    pub fn notice(&self) -> String {
        self.notice_with(&self.addresses(), None)
    }

    /// The addresses of all endpoints.
    fn addresses(&self) -> Vec<&'static str> {
        self.endpoints.iter().map(|endpoint| &*endpoint.url).collect()
    }

    /// The notice of a program that sends to these endpoints, and whose users reach `on` and `off` by this command.
    pub(crate) fn notice_with(&self, endpoints: &[&str], command: Option<&str>) -> String {
        let reports = self.reports_by_default();
        let mut lines = vec![match reports {
            true => format!("{} reports how it is used.", self.title),
            false => format!("{} reports nothing unless you opt in.", self.title),
        }];
        lines.extend(self.disclosure.intro.map(|intro| intro.trim_end().to_owned()));
        lines.extend(self.collected(reports));
        lines.push(match (endpoints, reports) {
            ([], _) => "The program decides where it goes.".to_owned(),
            (endpoints, true) => format!("It goes to {}.", endpoints.join(" and to ")),
            (endpoints, false) => format!("It would go to {}.", endpoints.join(" and to ")),
        });
        if let Some(command) = command.filter(|_| !reports && self.opt_in.is_some()) {
            lines.push(format!("To opt in, run `{command} share`."));
        }
        let names = self.opt_out.iter().chain(&UNIVERSAL_OPT_OUTS);
        let switches = names.map(|name| format!("{name}=1")).collect::<Vec<_>>().join(" or ");
        lines.push(match command {
            Some(command) => format!("To switch it off, run `{command} off`, or set {switches}."),
            None => format!("To switch it off, set {switches}."),
        });
        lines.join("\n")
    }

    /// What is collected when, a line each.
    fn collected(&self, reports: bool) -> Vec<String> {
        let titles = |collected| {
            let rows = self.disclosure.rows.iter().filter(|row| row.collected == collected);
            rows.map(|row| row.title).collect::<Vec<_>>().join(", ")
        };
        let (by_default, opt_in) = (titles(Collected::Default), titles(Collected::OptIn));
        let mut lines = Vec::new();
        match (reports, by_default.is_empty()) {
            (true, false) => lines.push(format!("Collected by default: {by_default}.")),
            (true, true) => lines.push("Collected by default: that it was used, and when.".to_owned()),
            (false, _) => {}
        }
        if let Some(switch) = self.opt_in.filter(|_| !opt_in.is_empty()) {
            lines.push(format!("Only with `{switch}`: {opt_in}."));
        }
        lines
    }

    /// Whether anything is reported without opting in.
    pub(crate) fn reports_by_default(&self) -> bool {
        self.signals.iter().any(|signal| Consent::Default.includes(signal.needs))
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
