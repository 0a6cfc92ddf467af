//! Texts for people: the notice and the table; and the whole catalogue for machines.

use crate::{Catalogue, Consent, DEFAULT, OPT_IN, OptOut, Row, UNIVERSAL_OPT_OUTS};

impl Catalogue {
    /// The whole catalogue as JSON, in the catalogue's own format. Empty where the program carries none.
    pub fn document(&self) -> &'static str {
        let embedded = self.disclosure.embedded;
        embedded.find('{').map_or("", |start| &embedded[start..])
    }

    /// Returns the text to show before anything is sent: the data that is collected, its recipient, and how to switch
    /// it off.
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
        lines.push(self.ways_out(command));
        lines.join("\n")
    }

    /// Says how to switch everything off.
    fn ways_out(&self, command: Option<&str>) -> String {
        let own = command.map(|command| format!("{command} off"));
        let mut ways: Vec<String> = own.iter().map(|command| format!("run `{command}`")).collect();
        ways.extend(self.opt_out.iter().filter_map(|opt_out| match opt_out {
            OptOut::Command(name) if own.as_deref() != Some(name) => Some(format!("run `{name}`")),
            OptOut::Flag(name) => Some(format!("give `{name}`")),
            OptOut::Setting(name) => Some(format!("switch off the setting `{name}`")),
            _ => None,
        }));
        let variables = self.opt_out.iter().filter_map(OptOut::variable).map(|variable| variable.assignment());
        let universal = UNIVERSAL_OPT_OUTS.into_iter().map(|name| format!("{name}=1"));
        let before = if ways.is_empty() { String::new() } else { format!("{}, or ", ways.join(", ")) };
        let variables = variables.chain(universal).collect::<Vec<_>>().join(" or ");
        format!("To switch it off, {before}set {variables}.")
    }

    /// Lists the data that is collected by default and after opting in, a line each.
    fn collected(&self, reports: bool) -> Vec<String> {
        let titles = |channel| {
            let rows = self.disclosure.rows.iter().filter(|row| row.collected.channels().contains(&channel));
            rows.map(|row| row.title).collect::<Vec<_>>().join(", ")
        };
        let (by_default, opt_in) = (titles(DEFAULT), titles(OPT_IN));
        let mut lines = Vec::new();
        match (reports, by_default.is_empty()) {
            (true, false) => lines.push(format!("Collected by default: {by_default}.")),
            (true, true) => lines.push("Collected by default: that it was used, and when.".to_owned()),
            (false, _) => {}
        }
        if let Some(switch) = self.opt_in.filter(|_| !opt_in.is_empty()) {
            lines.push(format!("Only with `{switch}`: {opt_in}."));
        }
        for channel in self.channels {
            let when = if channel.is_on() { "Unless you switch it off" } else { "Only if you switch it on" };
            let titles = match titles(channel.number) {
                titles if titles.is_empty() => channel.brief.to_owned(),
                titles => titles,
            };
            lines.push(format!("{} (`{}`). {when}: {titles}.", channel.title, channel.name));
        }
        lines
    }

    /// Returns true if anything is reported without opting in.
    pub(crate) fn reports_by_default(&self) -> bool {
        self.signals.iter().any(|signal| Consent::Default.includes(signal.needs))
    }

    fn when(&self, channel: u8) -> String {
        match (channel, self.opt_in) {
            (DEFAULT, _) => "by default".to_owned(),
            (OPT_IN, Some(switch)) => format!("only with `{switch}`"),
            (OPT_IN, None) => "only after opting in".to_owned(),
            (channel, _) => {
                let name = self.channel_name(channel).unwrap_or_default();
                if Consent::is_default(channel) {
                    format!("unless `{name}` is off")
                } else {
                    format!("only with `{name}`")
                }
            }
        }
    }

    /// The table, for a terminal that is this many columns wide.
    pub fn table(&self, width: usize) -> String {
        let row = |row: &Row| {
            let when: Vec<_> = row.collected.channels().iter().map(|channel| self.when(*channel)).collect();
            format!("{} ({})\n{}", row.title, when.join("; "), wrap(row.specifics, width))
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
