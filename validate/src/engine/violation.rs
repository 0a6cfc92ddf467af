//! A fault of a payload, for people.

use std::fmt;

/// One thing that is wrong with a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON Pointer into the payload. For a missing key, the place where it should be.
    pub pointer: String,
    /// The rule that it breaks.
    pub rule: Rule,
    /// One sentence, without the value: that may be personal.
    pub message: String,
}

/// Declares the rules with their names in one place.
macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// The rules that a payload may break.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $variant),+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),+];

            /// The name, which stays: for filters, counts and reports.
            pub fn name(self) -> &'static str {
                match self {
                    $(Rule::$variant => $name),+
                }
            }
        }
    };
}

rules! {
    /// No JSON text in UTF-8.
    NotJson = "not_json",
    /// A value of another type.
    WrongType = "wrong_type",
    /// A span or an event that the catalogue does not list.
    UnknownSignal = "unknown_signal",
    /// A text outside the closed domain.
    NotInEnum = "not_in_enum",
    /// A text with too many characters.
    TooLong = "too_long",
    /// A text that does not match its pattern.
    Pattern = "pattern",
    /// A number below its minimum or above its maximum.
    OutOfRange = "out_of_range",
    /// A list with too many items.
    TooManyItems = "too_many_items",
    /// A key that the catalogue does not list there, or that the payload form does not have.
    UnknownKey = "unknown_key",
    /// Something that is collected only after opt-in.
    NotAllowed = "not_allowed",
    /// A required key is not there.
    MissingKey = "missing_key",
    /// A key that is there more than once.
    DuplicateKey = "duplicate_key",
    /// More violations than are told one by one. Its message says how many.
    LeftOut = "left_out",
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
