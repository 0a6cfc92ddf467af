//! The rules of an audit, and the harm that each breach does.

use std::fmt;

use serde::{Serialize, Serializer};

/// The harm that a finding does. The first is the worst; reports are in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// Something that opens doors: a key, a token, a password. No page can promise that away.
    Secret,
    /// Sent without the consent that it needs, as it is or as a copy or a hash.
    Consent,
    /// About a person or a machine, where the page promises that there is nothing of the kind.
    Personal,
    /// In no row of the page.
    Uncatalogued,
    /// Named by the page, but not as it is: of another type, outside its domain, not random.
    Untrue,
    /// Data that cannot be read, or not in one way only, so that its contents are unknown.
    Unclear,
    /// Personal, in a text for which the page says that it may be, and which the user allowed. No breach of a promise.
    Disclosed,
}

impl Harm {
    /// Every degree, the worst first.
    pub const ALL: [Harm; 7] =
        [Harm::Secret, Harm::Consent, Harm::Personal, Harm::Uncatalogued, Harm::Untrue, Harm::Unclear, Harm::Disclosed];

    /// The name, which stays: for filters, counts and reports.
    pub fn name(self) -> &'static str {
        match self {
            Harm::Secret => "secret",
            Harm::Consent => "consent",
            Harm::Personal => "personal",
            Harm::Uncatalogued => "uncatalogued",
            Harm::Untrue => "untrue",
            Harm::Unclear => "unclear",
            Harm::Disclosed => "disclosed",
        }
    }

    /// Returns its meaning, as a heading.
    pub fn title(self) -> &'static str {
        match self {
            Harm::Secret => "Secrets",
            Harm::Consent => "Sent without consent",
            Harm::Personal => "Personal, where nothing personal is promised",
            Harm::Uncatalogued => "In no row of the page",
            Harm::Untrue => "Not as the page says",
            Harm::Unclear => "Not readable for certain",
            Harm::Disclosed => "Personal, as the page says",
        }
    }

    /// Returns true if a promise of the page is broken.
    pub fn is_breach(self) -> bool {
        self != Harm::Disclosed
    }
}

/// Declares the rules with their names and their harm in one place.
macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $harm:ident, $title:literal;)+) => {
        /// The rules that an audit checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $variant),+
        }

        impl Rule {
            /// Every rule, the most harmful first.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),+];

            /// The name, which stays: for filters, counts and reports.
            pub fn name(self) -> &'static str {
                match self {
                    $(Rule::$variant => $name),+
                }
            }

            /// Returns the harm that a breach does.
            pub fn harm(self) -> Harm {
                match self {
                    $(Rule::$variant => Harm::$harm),+
                }
            }

            /// Returns its meaning, in one sentence.
            pub fn title(self) -> &'static str {
                match self {
                    $(Rule::$variant => $title),+
                }
            }
        }
    };
}

rules! {
    /// A key, a token or a password.
    Secret = "secret", Secret, "A value looks like a key, a token or a password.";
    /// A long random text where no identifier is declared.
    RandomText = "random_text", Secret, "A value holds a long random text, as keys and tokens are.";
    /// A signal though telemetry was off.
    SentWhileOff = "sent_while_off", Consent, "A signal was sent although telemetry was off.";
    /// Something that is collected only after opt-in.
    NotAllowed = "not_allowed", Consent, "Something was sent that is collected only after opt-in.";
    /// The text of an opt-in attribute in one that is not.
    CopiedText = "copied_text", Consent, "A value that is sent by default repeats the text of an opt-in attribute.";
    /// The hash of an opt-in attribute in one that is not.
    HashedText = "hashed_text", Consent, "A value that is sent by default is a hash of opt-in texts.";
    /// An e-mail address.
    Email = "email", Personal, "A value holds an e-mail address.";
    /// A path in somebody's home.
    HomePath = "home_path", Personal, "A value holds a path in somebody's home.";
    /// An address in a private network.
    PrivateAddress = "private_address", Personal, "A value holds an address in a private network.";
    /// The address of a network card.
    MacAddress = "mac_address", Personal, "A value holds the address of a network card.";
    /// The number of a payment card.
    CardNumber = "card_number", Personal, "A value holds the number of a payment card.";
    /// The number of a bank account.
    Iban = "iban", Personal, "A value holds the number of a bank account.";
    /// A text that the tester typed.
    TypedText = "typed_text", Personal, "A value holds a text that the tester typed.";
    /// A program's object, printed.
    ObjectDump = "object_dump", Personal, "A value is a program's object, printed with whatever it holds.";
    /// A span or an event that the catalogue does not list.
    UnknownSignal = "unknown_signal", Uncatalogued, "A signal is in no row of the page.";
    /// An attribute that the catalogue does not list.
    UnknownAttribute = "unknown_attribute", Uncatalogued, "An attribute is in no row of the page.";
    /// An attribute that the catalogue lists, for other signals.
    MisplacedAttribute = "misplaced_attribute", Uncatalogued, "An attribute is listed, but not for the signal that carries it.";
    /// A field that the catalogue does not list for its object.
    UnknownField = "unknown_field", Uncatalogued, "A field of an object is in no row of the page.";
    /// An attribute of the resource or of the instrumentation scope.
    UnknownContext = "unknown_context", Uncatalogued, "The resource or the scope carries what is in no row of the page.";
    /// Anything else that OTLP can carry: events and links of spans, messages of statuses, bodies.
    UnknownPart = "unknown_part", Uncatalogued, "A signal carries something that no catalogue can list.";
    /// A value of another type.
    WrongType = "wrong_type", Untrue, "A value has another type than the page says.";
    /// A text outside its closed domain.
    NotInEnum = "not_in_enum", Untrue, "A text is outside its closed domain.";
    /// A text that does not match its pattern.
    Pattern = "pattern", Untrue, "A text does not match its pattern.";
    /// A text with too many characters.
    TooLong = "too_long", Untrue, "A text is longer than the page says.";
    /// A number below its minimum or above its maximum.
    OutOfRange = "out_of_range", Untrue, "A number is outside its range.";
    /// A list with too many items.
    TooManyItems = "too_many_items", Untrue, "A list is longer than the page says.";
    /// An identifier that is said to be random.
    NotRandom = "not_random", Untrue, "An identifier that is said to be random is not.";
    /// An identifier that stays the same for longer than its scope.
    Lasting = "lasting", Untrue, "An identifier stays the same for longer than the page says.";
    /// Many different values of what is said to be closed.
    ManyValues = "many_values", Untrue, "What is said to be closed has many different values.";
    /// A time that is none in nanoseconds, or an end before its start.
    Time = "time", Untrue, "A time is not in nanoseconds, or an end comes before its start.";
    /// A key that is there more than once.
    DuplicateKey = "duplicate_key", Unclear, "A key is there more than once.";
    /// A part of a capture that belongs to no signal.
    Unreadable = "unreadable", Unclear, "Something that was sent cannot be read.";
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_their_harm() {
        assert!(Rule::ALL.is_sorted_by_key(|rule| rule.harm()));
        assert!(Harm::ALL.is_sorted());
    }
}
