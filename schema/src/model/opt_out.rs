//! Ways to switch everything off, as written.

use super::located::Located;
use super::words::words;

/// A way to switch everything off, as written: the name of a variable, or a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct OptOutModel {
    /// The kind of switch.
    pub kind: OptOutKind,
    /// Its name, as users write it.
    pub name: Located<String>,
    /// `false` for a variable whose false words switch off.
    pub off_when: Option<Located<bool>>,
}

words!(
    /// The kind of an opt-out.
    OptOutKind {
        /// An environment variable. The runtime reads it.
        Variable = "variable",
        /// An option of the command line. The program tells the runtime whether it was given.
        Flag = "flag",
        /// A setting of the program. The program tells the runtime whether it is off.
        Setting = "setting",
        /// A command that switches off.
        Command = "command",
    }
);
