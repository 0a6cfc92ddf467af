//! Takes faults: reading ends ([`Verdict`]), or everything is noted (`Notes`).

use candor_domain::SignalKind;

use super::cursor::{Cursor, Read, Refused};
use super::number::Bound;
use super::text::JsonText;

/// A fault at a place.
#[derive(Debug, Clone, Copy)]
pub enum Fault<'f> {
    /// A value of another type.
    WrongType {
        /// The expected value, in words.
        expected: &'static str,
        /// True if it may be null.
        nullable: bool,
    },
    /// A text that is none of these.
    NotInEnum(&'f [&'f str]),
    /// No status code that OpenTelemetry has.
    NotAStatus,
    /// No list of channels that were granted.
    NoMarker,
    /// A text with more characters than this.
    TooLong(usize),
    /// A text that does not match this.
    Pattern(&'f str),
    /// A number below this.
    TooSmall(Bound),
    /// A number above this.
    TooLarge(Bound),
    /// A list or a map with more items than this.
    TooManyItems(usize),
    /// A list with fewer items than this.
    TooFewItems(usize),
    /// A key that the map does not admit.
    BadKey,
    /// A JSON value that is nested deeper than this.
    TooDeep(usize),
    /// A member that the payload form does not have there.
    UnknownMember,
    /// An id of a span that the signal may not be joined with.
    NotJoined,
    /// An attribute that the signal does not have.
    UnknownAttribute,
    /// A field that the object does not have.
    UnknownField,
    /// Something of a row, which is collected only through a channel that was not granted.
    HeldBack {
        /// Title of the row.
        row: &'f str,
        /// Name of the channel.
        channel: &'f str,
    },
    /// A member that is not there.
    Missing,
    /// A member that is there once more.
    Duplicate,
    /// No signal of the catalogue, or none that may be sent.
    OtherSignal(Option<(SignalKind, &'f JsonText<'f>)>),
}

/// One step from a value to one in it.
#[derive(Debug, Clone, Copy)]
pub enum Step<'f, 'p> {
    /// To the member of this name.
    Member(&'f str),
    /// To the member with this key.
    Key(&'f JsonText<'p>),
    /// To the item at this position.
    Item(usize),
}

/// Takes what is wrong. An error means that no more is to be read.
pub trait Sink {
    /// The keys of an object that nobody knows.
    type Strangers: Default;

    /// Something is wrong with the value that begins at this position, and was read.
    fn fault(&mut self, position: usize, fault: Fault<'_>) -> Read<()>;

    /// Something is wrong with the value at the cursor, which is still to be read.
    fn refuse(&mut self, cursor: &mut Cursor<'_>, fault: Fault<'_>) -> Read<()>;

    /// The value at the cursor belongs to nothing that is known. It is still to be read.
    fn pass(&mut self, cursor: &mut Cursor<'_>) -> Read<()>;

    /// The same for a member whose key nobody knows.
    fn stranger(
        &mut self,
        strangers: &mut Self::Strangers,
        key: &JsonText<'_>,
        cursor: &mut Cursor<'_>,
        fault: Fault<'_>,
    ) -> Read<()>;

    /// A required attribute is not there, which matters only if the payload does not say that values were left out.
    fn lacks(&mut self, attribute: &str);

    /// Settles whether the payload says that values were left out.
    fn settle(&mut self, left_out: bool) -> Read<()>;

    /// Enters a value in the current one.
    #[inline(always)]
    fn enter(&mut self, _step: Step<'_, '_>) {}

    /// Leaves it.
    #[inline(always)]
    fn leave(&mut self) {}
}

/// Wants to know only whether anything is wrong.
#[derive(Debug, Default)]
pub struct Verdict {
    lacking: bool,
}

impl Verdict {
    /// Required attributes are missing, which matters only if the payload does not say that values were left out.
    #[inline(always)]
    pub fn incomplete(&mut self) {
        self.lacking = true;
    }
}

impl Sink for Verdict {
    type Strangers = ();

    #[inline(always)]
    fn fault(&mut self, _position: usize, _fault: Fault<'_>) -> Read<()> {
        Err(Refused)
    }

    #[inline(always)]
    fn refuse(&mut self, _cursor: &mut Cursor<'_>, _fault: Fault<'_>) -> Read<()> {
        Err(Refused)
    }

    #[inline(always)]
    fn pass(&mut self, _cursor: &mut Cursor<'_>) -> Read<()> {
        Err(Refused)
    }

    #[inline(always)]
    fn stranger(
        &mut self,
        _strangers: &mut Self::Strangers,
        _key: &JsonText<'_>,
        _cursor: &mut Cursor<'_>,
        _fault: Fault<'_>,
    ) -> Read<()> {
        Err(Refused)
    }

    #[inline(always)]
    fn lacks(&mut self, _attribute: &str) {
        self.incomplete();
    }

    #[inline(always)]
    fn settle(&mut self, left_out: bool) -> Read<()> {
        if self.lacking && !left_out { Err(Refused) } else { Ok(()) }
    }
}
