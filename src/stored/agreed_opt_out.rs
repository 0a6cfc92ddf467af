//! The opt-outs that a user was told of, as they stand in the file.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::OptOut;
use crate::opt_out::Variable;

/// An opt-out that a user was told of: the name of a variable, or a mapping, as the catalogue writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum AgreedOptOut {
    Name(String),
    Other(OtherOptOut),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum OtherOptOut {
    VariableOffWhenFalse(String),
    Flag(String),
    Setting(String),
    Command(String),
}

impl AgreedOptOut {
    pub fn of(opt_out: &OptOut) -> Self {
        let name = opt_out.name().to_owned();
        AgreedOptOut::Other(match opt_out {
            OptOut::Variable(_) => return AgreedOptOut::Name(name),
            OptOut::VariableOffWhenFalse(_) => OtherOptOut::VariableOffWhenFalse(name),
            OptOut::Flag(_) => OtherOptOut::Flag(name),
            OptOut::Setting(_) => OtherOptOut::Setting(name),
            OptOut::Command(_) => OtherOptOut::Command(name),
        })
    }

    /// The variable, if it is one.
    pub fn variable(&self) -> Option<Variable<'_>> {
        match self {
            AgreedOptOut::Name(name) => Some(Variable { name, off_when_false: false }),
            AgreedOptOut::Other(OtherOptOut::VariableOffWhenFalse(name)) => {
                Some(Variable { name, off_when_false: true })
            }
            AgreedOptOut::Other(_) => None,
        }
    }
}

/// Names it as a notice does.
impl fmt::Display for AgreedOptOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AgreedOptOut::Name(name) => f.write_str(name),
            AgreedOptOut::Other(OtherOptOut::VariableOffWhenFalse(name)) => write!(f, "{name}=0"),
            AgreedOptOut::Other(OtherOptOut::Flag(name)) => write!(f, "the flag {name}"),
            AgreedOptOut::Other(OtherOptOut::Setting(name)) => write!(f, "the setting {name}"),
            AgreedOptOut::Other(OtherOptOut::Command(name)) => write!(f, "the command {name}"),
        }
    }
}
