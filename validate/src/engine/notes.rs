//! Everything that is wrong with a payload, in words, with what the catalogue knows about it.

use std::collections::HashSet;

use candor_domain::{Consent, SignalKind};

use super::cursor::{Cursor, Read};
use super::form::Head;
use super::number::Bound;
use super::sink::{Fault, Sink, Step};
use super::spec::{SignalSpec, Spec};
use super::text::JsonText;
use super::violation::{Rule, Violation};
use super::words;

/// The one resource attribute that a catalogue has: its `service`.
pub(crate) const SERVICE_NAME: &str = "service.name";

/// Most violations that are explained; the rest is counted. A small text can hold a million of them.
const MOST: usize = 10_000;

/// Most bytes of pointers and messages: a small text with one long key can hold many pointers that repeat it.
const MOST_BYTES: usize = 4 << 20;

/// Notes what is wrong, and reads on.
pub(super) struct Notes<'n, 's> {
    spec: &'n Spec<'s>,
    consent: Consent,
    text: &'n str,
    signal: Option<&'n SignalSpec<'s>>,
    path: Path,
    violations: Vec<Violation>,
    /// The number of bytes that they take.
    bytes: usize,
    /// The number of further ones, which are not explained.
    more: usize,
    /// Attributes that are missing, unless values were left out.
    lacking: Vec<Violation>,
}

impl<'n, 's> Notes<'n, 's> {
    pub(super) fn new(spec: &'n Spec<'s>, consent: Consent, text: &'n str) -> Self {
        let head = Head::find(Cursor::new(text)).ok();
        let is_it = |signal: &&SignalSpec<'_>| {
            let head = head.as_ref();
            let is_named = |name: &JsonText<'_>| name.is(&signal.signal.name);
            head.is_some_and(|head| head.kind == Some(signal.signal.kind) && head.name.as_ref().is_some_and(is_named))
        };
        let signal = spec.signals.iter().find(is_it);
        Notes {
            spec,
            consent,
            text,
            signal,
            path: Path::default(),
            violations: Vec::new(),
            bytes: 0,
            more: 0,
            lacking: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Violation> {
        let mut violations = in_order(self.violations);
        if self.more > 0 {
            let message = format!("the payload breaks its rules {} times more than is told here", self.more);
            violations.push(Violation { pointer: String::new(), rule: Rule::LeftOut, message });
        }
        violations
    }

    /// Returns true if violations are only counted from here on.
    fn is_full(&self) -> bool {
        self.violations.len() >= MOST || self.bytes >= MOST_BYTES
    }

    /// Notes what is wrong where the path leads; the explanation is made only while there is room for it.
    fn note(&mut self, explain: impl FnOnce(&Self) -> (Rule, String)) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        let (rule, message) = explain(self);
        let violation = Violation { pointer: self.path.pointer(), rule, message };
        self.bytes += violation.pointer.len() + violation.message.len();
        self.violations.push(violation);
    }

    fn explain(&self, position: usize, fault: Fault<'_>) -> (Rule, String) {
        let subject = self.path.subject();
        let what = || {
            let mut cursor = Cursor::new(self.text);
            cursor.advance(position.saturating_sub(cursor.position()));
            words::describe(cursor).unwrap_or_else(|_| "no JSON".to_owned())
        };
        match fault {
            Fault::WrongType { expected, nullable } => {
                let or_null = if nullable { " or null" } else { "" };
                (Rule::WrongType, format!("{subject} is {}; expected {expected}{or_null}", what()))
            }
            Fault::NotInEnum(members) => {
                let members = words::list(members.iter().map(|member| words::key(member)));
                (Rule::NotInEnum, format!("{subject} is {} and none of {members}", what()))
            }
            Fault::NotAStatus => (Rule::NotInEnum, format!("{subject} is {} and none of 0, 1, 2", what())),
            Fault::NoMarker => {
                (Rule::NotInEnum, format!("{subject} is {} and no list of granted permissions, sorted", what()))
            }
            Fault::TooLong(most) => (Rule::TooLong, format!("{subject} is {}; at most {most} are allowed", what())),
            Fault::Pattern(pattern) => {
                (Rule::Pattern, format!("{subject} is {} that does not match `{pattern}`", what()))
            }
            Fault::TooSmall(bound) => (Rule::OutOfRange, out_of_range(&subject, &what(), "at least", bound)),
            Fault::TooLarge(bound) => (Rule::OutOfRange, out_of_range(&subject, &what(), "at most", bound)),
            Fault::TooManyItems(most) => {
                (Rule::TooManyItems, format!("{subject} is {}; at most {most} are allowed", what()))
            }
            Fault::TooFewItems(least) => {
                (Rule::OutOfRange, format!("{subject} is {}; exactly {least} are expected", what()))
            }
            Fault::BadKey => (Rule::BadKey, format!("{subject} has a key that its map does not admit")),
            Fault::TooDeep(most) => (Rule::TooDeep, format!("{subject} is nested deeper than {most}")),
            Fault::UnknownMember => (Rule::UnknownKey, format!("{subject} is no part of the payload form")),
            Fault::NotJoined => {
                (Rule::UnknownKey, format!("{subject} joins it with a span, which the catalogue does not list"))
            }
            Fault::UnknownField => (Rule::UnknownKey, format!("{subject} is in no row of the catalogue")),
            Fault::UnknownAttribute => (Rule::UnknownKey, self.explain_unknown_attribute(&subject)),
            Fault::HeldBack { row, channel } => (Rule::NotAllowed, held_back(&subject, Some(row), channel)),
            Fault::Missing => (Rule::MissingKey, format!("{subject} is missing")),
            Fault::Duplicate => (Rule::DuplicateKey, duplicate(&subject)),
            Fault::OtherSignal(None) => (Rule::UnknownSignal, "`kind` is none of `span`, `event`, `metric`".to_owned()),
            Fault::OtherSignal(Some((kind, name))) => self.explain_signal(kind, name),
        }
    }

    fn explain_unknown_attribute(&self, subject: &str) -> String {
        if self.path.is_in("resource") {
            let subject = words::key(self.path.last().unwrap_or_default());
            let why = match self.path.last() == Some(SERVICE_NAME) {
                true => format!("is not the catalogue's service, {}", words::key(self.spec.service)),
                false => "is not listed for it in the catalogue".to_owned(),
            };
            return format!("{subject} of the resource {why}");
        }
        let mut carried = self.spec.signals.iter().flat_map(|signal| signal.signal.attributes.iter());
        let is_carried = self.path.last().is_some_and(|key| carried.any(|member| member.name() == key));
        match self.signal.filter(|_| is_carried) {
            Some(SignalSpec { signal, .. }) => {
                let (kind, name) = (signal.kind.word(), words::key(&signal.name));
                format!("{subject} is in the catalogue, but not for the {kind} {name}")
            }
            None => format!("{subject} is in no row of the catalogue"),
        }
    }

    fn explain_signal(&self, kind: SignalKind, name: &JsonText<'_>) -> (Rule, String) {
        let name = words::key(&name.decode());
        match self.signal.filter(|signal| !signal.is_allowed(self.consent)) {
            Some(signal) => {
                let channel = signal.channel(signal.signal.needs);
                (Rule::NotAllowed, held_back(&format!("the {} {name}", kind.word()), signal.row, channel))
            }
            None => (Rule::UnknownSignal, format!("{name} is no {} of the catalogue", kind.word())),
        }
    }

    /// Each member of the resource or the scope by itself. Whether there was any.
    fn note_members_around(&mut self, what: &str, cursor: &mut Cursor<'_>) -> Read<bool> {
        if cursor.peek() != b'{' {
            return Ok(false);
        }
        let mut ahead = cursor.clone();
        let mut more = ahead.open_object()?;
        let any = more;
        while more {
            let key = ahead.key()?.decode();
            self.enter(Step::Member(&key));
            self.note(|notes| {
                let why = match what == "resource" && key == SERVICE_NAME {
                    true => format!("is not the catalogue's service, {}", words::key(notes.spec.service)),
                    false => "is in no row of the catalogue".to_owned(),
                };
                (Rule::UnknownKey, format!("{} of the {what} {why}", words::key(&key)))
            });
            self.leave();
            ahead.skip_value()?;
            more = ahead.next_member()?;
        }
        Ok(any)
    }

    /// Reads an object whose keys nobody knows.
    fn pass_object(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let mut seen = HashSet::new();
        let mut more = cursor.open_object()?;
        while more {
            let key = cursor.key()?;
            self.enter(Step::Key(&key));
            if seen.insert(key.decode()) {
                self.pass(cursor)?;
            } else {
                self.refuse(cursor, Fault::Duplicate)?;
            }
            self.leave();
            more = cursor.next_member()?;
        }
        Ok(())
    }
}

impl Sink for Notes<'_, '_> {
    type Strangers = HashSet<String>;

    fn fault(&mut self, position: usize, fault: Fault<'_>) -> Read<()> {
        self.note(|notes| notes.explain(position, fault));
        Ok(())
    }

    fn refuse(&mut self, cursor: &mut Cursor<'_>, fault: Fault<'_>) -> Read<()> {
        self.fault(cursor.position(), fault)?;
        if matches!(fault, Fault::Duplicate) { cursor.skip_value() } else { self.pass(cursor) }
    }

    fn pass(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        match cursor.peek() {
            b'{' => self.pass_object(cursor),
            b'[' => super::values::list(cursor, self, false, usize::MAX, |cursor, notes| notes.pass(cursor)),
            _ => cursor.skip_value(),
        }
    }

    fn stranger(
        &mut self,
        strangers: &mut Self::Strangers,
        key: &JsonText<'_>,
        cursor: &mut Cursor<'_>,
        fault: Fault<'_>,
    ) -> Read<()> {
        let name = key.decode();
        self.enter(Step::Member(&name));
        let around = self.path.is_at_the_top() && matches!(name.as_str(), "resource" | "scope");
        if !strangers.insert(name.clone()) {
            self.refuse(cursor, Fault::Duplicate)?;
        } else if around && self.note_members_around(&name, cursor)? {
            self.pass(cursor)?;
        } else {
            self.refuse(cursor, fault)?;
        }
        self.leave();
        Ok(())
    }

    fn lacks(&mut self, attribute: &str) {
        if self.is_full() {
            return; // the path has no names any more, and the payload is refused anyway
        }
        self.enter(Step::Member(attribute));
        let (rule, message) = self.explain(0, Fault::Missing);
        self.lacking.push(Violation { pointer: self.path.pointer(), rule, message });
        self.leave();
    }

    fn settle(&mut self, left_out: bool) -> Read<()> {
        if !left_out {
            self.violations.append(&mut self.lacking);
        }
        Ok(())
    }

    fn enter(&mut self, step: Step<'_, '_>) {
        // Nobody asks for the names when nothing is explained any more.
        let is_told = !self.is_full() || self.path.0.is_empty();
        self.path.0.push(match step {
            Step::Member(_) | Step::Key(_) if !is_told => Place::Item(0),
            Step::Member(name) => Place::Member(name.to_owned()),
            Step::Key(key) => Place::Member(key.decode()),
            Step::Item(position) => Place::Item(position),
        });
    }

    fn leave(&mut self) {
        self.path.0.pop();
    }
}

/// Sorted by place and rule, each once.
pub(crate) fn in_order(mut violations: Vec<Violation>) -> Vec<Violation> {
    violations.sort_by(|a, b| (&a.pointer, a.rule).cmp(&(&b.pointer, b.rule)));
    violations.dedup_by(|later, first| later.pointer == first.pointer && later.rule == first.rule);
    violations
}

pub(crate) fn duplicate(subject: &str) -> String {
    format!("{subject} is there more than once")
}

fn out_of_range(subject: &str, what: &str, side: &str, bound: Bound) -> String {
    let bound = match bound {
        Bound::Whole(bound) => bound.to_string(),
        Bound::Double(bound) => format!("{bound:?}"),
    };
    format!("{subject} is {what} outside its range; expected {side} {bound}")
}

fn held_back(subject: &str, row: Option<&str>, channel: &str) -> String {
    let when = if channel == "opt_in" { "after opt-in".to_owned() } else { format!("with `{channel}`") };
    match row {
        Some(row) => format!("{subject} ({row}) is collected only {when}"),
        None => format!("{subject} is collected only {when}"),
    }
}

/// A place in a payload.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path(pub Vec<Place>);

/// One step of a path.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Member(String),
    Item(usize),
}

impl Path {
    /// Writes it as a JSON Pointer (RFC 6901).
    fn pointer(&self) -> String {
        let place = |place: &Place| match place {
            Place::Member(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Place::Item(position) => format!("/{position}"),
        };
        self.0.iter().map(place).collect()
    }

    /// Writes it as people call it: attributes by their name alone.
    pub(crate) fn subject(&self) -> String {
        let places = match self.0.as_slice() {
            [] => return "the payload".to_owned(),
            [Place::Member(first), rest @ ..] if first == "attributes" && !rest.is_empty() => rest,
            places => places,
        };
        let mut shown = String::new();
        for place in places {
            match place {
                Place::Member(key) if shown.is_empty() => shown.push_str(key),
                Place::Member(key) => shown.push_str(&format!(".{key}")),
                Place::Item(position) => shown.push_str(&format!("[{position}]")),
            }
        }
        words::key(&shown)
    }

    fn last(&self) -> Option<&str> {
        match self.0.last()? {
            Place::Member(key) => Some(key),
            Place::Item(_) => None,
        }
    }

    fn is_in(&self, member: &str) -> bool {
        matches!(self.0.first(), Some(Place::Member(first)) if first == member)
    }

    fn is_at_the_top(&self) -> bool {
        self.0.len() == 1
    }
}
