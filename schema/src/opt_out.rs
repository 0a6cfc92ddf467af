//! Ways to switch everything off, as checked.

use std::fmt;

pub use crate::model::OptOutKind;

/// Variables that always switch everything off, whether a catalogue lists them or not.
pub const UNIVERSAL_OPT_OUTS: [&str; 2] = ["DO_NOT_TRACK", "OTEL_SDK_DISABLED"];

/// A way to switch everything off.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OptOut {
    /// The kind of switch.
    pub kind: OptOutKind,
    /// Its name, as users write it.
    pub name: String,
    /// Set for a variable that switches off unless its value is a word for yes. Any other variable switches off unless its
    /// value is a word for no.
    pub off_when_false: bool,
}

impl OptOut {
    /// Returns whether it is one of those that always count.
    pub fn is_universal(&self) -> bool {
        self.is_set_variable() && UNIVERSAL_OPT_OUTS.contains(&self.name.as_str())
    }

    /// Returns whether it is a variable that switches off when it is set.
    pub fn is_set_variable(&self) -> bool {
        self.kind == OptOutKind::Variable && !self.off_when_false
    }
}

/// Names it as in a sentence: `` the flag `--no-telemetry` ``.
impl fmt::Display for OptOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OptOut { kind, name, off_when_false } = self;
        match kind {
            OptOutKind::Variable if *off_when_false => write!(f, "`{name}` set to a word for no"),
            OptOutKind::Variable => write!(f, "`{name}`"),
            kind => write!(f, "the {} `{name}`", kind.word()),
        }
    }
}
