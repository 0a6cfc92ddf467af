//! The switches that turn everything off: environment variables, which are read here, and flags, settings and commands,
//! whose states the application hands over by name.

use std::fmt;

/// A way to switch everything off, as a catalogue lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OptOut {
    /// An environment variable that switches off unless its value is a word for no.
    Variable(&'static str),
    /// An environment variable that, when set, switches off unless its value is a word for yes.
    VariableOffWhenFalse(&'static str),
    /// An option of the command line: [`Builder::flag`](crate::Builder::flag).
    Flag(&'static str),
    /// A setting of the program: [`Builder::setting`](crate::Builder::setting).
    Setting(&'static str),
    /// A command that switches off: [`Builder::command`](crate::Builder::command).
    Command(&'static str),
}

/// A switch whose state was handed over and that the catalogue does not list.
///
/// Users read the catalogue's page, so a switch that is not on it would be one that nobody was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSwitch {
    kind: &'static str,
    name: String,
    listed: Vec<&'static str>,
}

impl OptOut {
    /// Its name, as users write it.
    pub fn name(&self) -> &'static str {
        match self {
            OptOut::Variable(name)
            | OptOut::VariableOffWhenFalse(name)
            | OptOut::Flag(name)
            | OptOut::Setting(name)
            | OptOut::Command(name) => name,
        }
    }

    /// The kind of switch, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            OptOut::Variable(_) | OptOut::VariableOffWhenFalse(_) => "variable",
            OptOut::Flag(_) => "flag",
            OptOut::Setting(_) => "setting",
            OptOut::Command(_) => "command",
        }
    }

    /// The variable, if it is one, and whether it switches off when it is false.
    pub(crate) fn variable(&self) -> Option<Variable<'static>> {
        match self {
            OptOut::Variable(name) => Some(Variable { name, off_when_false: false }),
            OptOut::VariableOffWhenFalse(name) => Some(Variable { name, off_when_false: true }),
            OptOut::Flag(_) | OptOut::Setting(_) | OptOut::Command(_) => None,
        }
    }
}

/// An environment variable that switches everything off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variable<'n> {
    pub name: &'n str,
    pub off_when_false: bool,
}

impl Variable<'_> {
    /// Returns whether a value of it switches off.
    pub fn switches_off(&self, value: &str) -> bool {
        if self.off_when_false { !says_yes(value) } else { !says_no(value) }
    }

    /// The assignment that switches off, for people to copy.
    pub fn assignment(&self) -> String {
        format!("{}={}", self.name, if self.off_when_false { "0" } else { "1" })
    }
}

/// The states of flags, settings and commands, as the application handed them over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switches {
    off: Vec<OptOut>,
}

impl Switches {
    /// Takes the state of a switch, which has to be one of those that the catalogue lists.
    pub fn set(
        &mut self,
        listed: &'static [OptOut],
        kind: &'static str,
        name: &str,
        off: bool,
    ) -> Result<(), UnknownSwitch> {
        let listed = || listed.iter().filter(|opt_out| opt_out.kind() == kind);
        let Some(known) = listed().find(|opt_out| opt_out.name() == name) else {
            return Err(UnknownSwitch { kind, name: name.to_owned(), listed: listed().map(OptOut::name).collect() });
        };
        self.off.retain(|before| before != known);
        self.off.extend(off.then_some(*known));
        Ok(())
    }

    /// The first of the listed switches that is off.
    pub fn first(&self, listed: &[OptOut]) -> Option<OptOut> {
        listed.iter().find(|opt_out| self.off.contains(opt_out)).copied()
    }
}

impl fmt::Display for UnknownSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnknownSwitch { kind, name, listed } = self;
        write!(f, "the catalogue lists no {kind} {name:?} in `consent.opt_out`")?;
        match listed.as_slice() {
            [] => Ok(()),
            listed => write!(f, "; it lists {}", listed.join(", ")),
        }
    }
}

impl std::error::Error for UnknownSwitch {}

/// Returns whether a value is a word for no. Every other word is a yes, known or not.
pub(crate) fn says_no(value: &str) -> bool {
    is_one_of(value, &["", "0", "false", "no", "off", "n", "f", "disabled"])
}

/// Returns whether a value is a word for yes. Every other word is a no, known or not.
fn says_yes(value: &str) -> bool {
    is_one_of(value, &["1", "true", "yes", "on", "y", "t", "enabled"])
}

fn is_one_of(value: &str, words: &[&str]) -> bool {
    let value = value.trim();
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: Variable<'_> = Variable { name: "A", off_when_false: false };
    const FALSE: Variable<'_> = Variable { name: "A", off_when_false: true };

    #[test]
    fn every_spelling_of_an_opt_out() {
        for value in ["1", "true", "TRUE", "True", "yes", "YES", "on", "y", "t", " 1 ", "2", "jawohl"] {
            assert!(SET.switches_off(value), "{value:?}");
        }
        for value in ["", "0", "false", "FALSE", "no", "off", " ", "n"] {
            assert!(!SET.switches_off(value), "{value:?}");
        }
    }

    #[test]
    fn what_is_no_yes_switches_off_where_false_does() {
        for value in ["1", "true", "TRUE", "yes", "on", "y", "t", " 1 ", "enabled"] {
            assert!(!FALSE.switches_off(value), "{value:?}");
        }
        for value in ["", " ", "0", "false", "FALSE", "no", "off", "n", "disabled", "2", "perhaps", "treu"] {
            assert!(FALSE.switches_off(value), "{value:?}");
        }
    }
}
