//! The verdict on a payload: everything in it that the catalogue does not allow, each with place, rule and reason.

use std::error::Error;
use std::fmt;

use candor_schema::{Catalogue, Collected};
use serde_json::Value;

use crate::explain::{Problem, explain};
use crate::payload::Payload;
use crate::schema;

/// Holds payloads against a catalogue at one level of consent.
///
/// The verdict is that of the JSON Schema it was made with; the catalogue gives the reasons.
#[derive(Debug)]
pub struct Validator<'c> {
    catalogue: &'c Catalogue,
    level: Collected,
    schema: jsonschema::Validator,
}

impl<'c> Validator<'c> {
    /// `schema` is what the generator makes of `catalogue` for `level`; [`Collected::OptIn`] is the level of a user who
    /// opted in.
    ///
    /// # Errors
    /// When `schema` is not a JSON Schema, or refers to another file.
    pub fn new(catalogue: &'c Catalogue, level: Collected, schema: &Value) -> Result<Self, SchemaError> {
        let schema = schema::compile(schema).map_err(SchemaError)?;
        Ok(Validator { catalogue, level, schema })
    }

    /// Everything that is wrong with a payload, in the order of the places; nothing when it may be sent.
    pub fn check(&self, payload: &Payload) -> Vec<Violation> {
        let duplicates = payload.duplicates.iter().map(|pointer| (pointer.clone(), Problem::Duplicate));
        let problems = schema::problems(&self.schema, &payload.value).into_iter().chain(duplicates);
        let mut violations = explain(self.catalogue, self.level, &payload.value, problems);
        // A wrong type comes first, then what is only said of values that have the type.
        violations.sort_by(|a, b| (&a.pointer, a.rule).cmp(&(&b.pointer, b.rule)));
        violations.dedup_by(|later, first| {
            let again = later.rule == first.rule || (first.rule == Rule::WrongType && later.rule.is_domain());
            later.pointer == first.pointer && again
        });
        violations
    }
}

/// One thing that is wrong with a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON Pointer into the payload. For a missing key, the place where it should be.
    pub pointer: String,
    /// Which rule it breaks.
    pub rule: Rule,
    /// One sentence, without the value: that may be personal.
    pub message: String,
}

/// Declares the rules with their names in one place.
macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// Which rule a payload breaks.
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
    /// A value of another type.
    WrongType = "wrong_type",
    /// A span or an event that the catalogue does not list.
    UnknownSignal = "unknown_signal",
    /// A text outside the closed domain.
    NotInEnum = "not_in_enum",
    /// A text with too many characters.
    TooLong = "too_long",
    /// A text with too few characters.
    TooShort = "too_short",
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
    /// A keyword of the schema that no catalogue gives rise to.
    Schema = "schema",
}

impl Rule {
    /// Whether the rule is about the values of a type: a value of another type need not hear of it.
    fn is_domain(self) -> bool {
        use Rule::*;
        matches!(self, UnknownSignal | NotInEnum | TooLong | TooShort | Pattern | OutOfRange | TooManyItems)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Why a JSON Schema is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError(String);

impl fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not a usable JSON Schema: {}", self.0)
    }
}

impl Error for SchemaError {}
