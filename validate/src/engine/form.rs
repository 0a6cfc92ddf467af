//! The payload form: what stands around the attributes of a signal.
//!
//! ```json
//! {"kind":"span","name":"Crew Created","startTimeUnixNano":"…","endTimeUnixNano":"…","attributes":{"crew_key":"…"}}
//! ```
//! A data point of a metric is a payload of its own, with the numbers of its instrument:
//!
//! ```json
//! {"kind":"metric","name":"…","instrument":"counter","unit":"{request}","startTimeUnixNano":"…","timeUnixNano":"…","value":3,"attributes":{}}
//! ```
//!
//! Kind and name decide which signal it is. They may stand anywhere; where they stand first, nothing is read twice.

use candor_domain::{Join, Pattern, SignalKind, is_marker};

use super::cursor::{Cursor, Read};
use super::links::{self, read_links};
use super::sink::{Fault, Sink, Step, Verdict};
use super::status::read_status;
use super::text::JsonText;
use super::values;

/// The payload form of a kind of signal.
trait Form {
    /// The kind of this word.
    fn read(text: &JsonText<'_>) -> Option<SignalKind>;
    /// The members that must be there.
    fn required(self) -> MemberSet;
    /// The members that may be there.
    fn allowed(self) -> MemberSet;
}

impl Form for SignalKind {
    fn read(text: &JsonText<'_>) -> Option<SignalKind> {
        SignalKind::ALL.into_iter().find(|kind| text.is(kind.word()))
    }

    fn required(self) -> MemberSet {
        match self {
            SignalKind::Span => MemberSet::of(&[Member::Start, Member::End, Member::Attributes]),
            SignalKind::Event => MemberSet::of(&[Member::Time, Member::Attributes]),
            SignalKind::Metric => MemberSet::of(&[Member::Start, Member::Time, Member::Attributes]),
        }
    }

    fn allowed(self) -> MemberSet {
        let any = [Member::Attributes, Member::Channels, Member::Resource, Member::LeftOut];
        let own: &[Member] = match self {
            SignalKind::Span => &[
                Member::Start,
                Member::End,
                Member::TraceId,
                Member::SpanId,
                Member::ParentSpanId,
                Member::Links,
                Member::Status,
            ],
            SignalKind::Event => &[Member::Time, Member::TraceId, Member::SpanId, Member::Body],
            SignalKind::Metric => &[
                Member::Start,
                Member::Time,
                Member::Instrument,
                Member::Unit,
                Member::Value,
                Member::Buckets,
                Member::Bounds,
                Member::Sum,
            ],
        };
        HEAD.union(MemberSet::of(&any)).union(MemberSet::of(own))
    }
}

/// The signals that may be sent, and what they carry.
pub trait Signals<S: Sink> {
    /// The handle of a signal.
    type Signal: Copy;

    /// The signal of this kind and name.
    fn find(&self, kind: SignalKind, name: &JsonText<'_>) -> Option<Self::Signal>;

    /// Returns whether a channel beyond `default`, by its name, was granted.
    fn is_granted(&self, channel: &str) -> bool;

    /// Reads the attributes of a signal: an object.
    ///
    /// # Errors
    /// Fails when no more is to be read.
    fn attributes(&self, signal: Self::Signal, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()>;

    /// Returns whether payloads of a signal may have this part.
    fn has(&self, _signal: Self::Signal, _part: Part) -> bool {
        false
    }

    /// Returns whether a signal may be joined with a span so.
    fn joins(&self, _signal: Self::Signal, _join: Join) -> bool {
        false
    }

    /// Reads a part that payloads of the signal may have.
    ///
    /// # Errors
    /// Fails when no more is to be read.
    fn part(&self, _signal: Self::Signal, _part: Part, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
        sink.refuse(cursor, Fault::UnknownMember)
    }

    /// Says what a payload lacks without this part.
    fn lacks(&self, _signal: Self::Signal, _part: Part, _sink: &mut S) {}
}

/// A part of a payload besides the attributes that the catalogue describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The body of a log record.
    Body,
    /// The attributes of the process.
    Resource,
    /// The instrument of a metric.
    Instrument,
    /// The unit of a metric.
    Unit,
    /// The value of a data point.
    Value,
    /// The counts of a histogram's buckets.
    Buckets,
    /// The bounds of a histogram's buckets.
    Bounds,
    /// The sum of a histogram's values.
    Sum,
}

impl Part {
    /// The members that are parts.
    const MEMBERS: [Member; 8] = [
        Member::Body,
        Member::Resource,
        Member::Instrument,
        Member::Unit,
        Member::Value,
        Member::Buckets,
        Member::Bounds,
        Member::Sum,
    ];

    #[inline]
    fn of(member: Member) -> Option<Part> {
        Some(match member {
            Member::Body => Part::Body,
            Member::Resource => Part::Resource,
            Member::Instrument => Part::Instrument,
            Member::Unit => Part::Unit,
            Member::Value => Part::Value,
            Member::Buckets => Part::Buckets,
            Member::Bounds => Part::Bounds,
            Member::Sum => Part::Sum,
            _ => return None,
        })
    }

    /// Returns whether a payload that may have this part must have it.
    fn is_required(self) -> bool {
        !matches!(self, Part::Body | Part::Resource)
    }
}

/// Returns true if bytes are a payload of one of these signals. Reads no further than to the first fault.
#[inline]
pub fn is_valid(payload: &[u8], signals: &impl Signals<Verdict>) -> bool {
    std::str::from_utf8(payload).is_ok_and(|text| {
        let mut cursor = Cursor::new(text);
        read(&mut cursor, &mut Verdict::default(), signals).and_then(|()| cursor.end()).is_ok()
    })
}

/// The members of the payload form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Kind,
    Name,
    Start,
    End,
    Time,
    Attributes,
    Channels,
    TraceId,
    SpanId,
    ParentSpanId,
    LeftOut,
    Status,
    Body,
    Resource,
    Links,
    Instrument,
    Unit,
    Value,
    Buckets,
    Bounds,
    Sum,
}

impl Member {
    const ALL: [Member; 21] = [
        Member::Kind,
        Member::Name,
        Member::Start,
        Member::End,
        Member::Time,
        Member::Attributes,
        Member::Channels,
        Member::TraceId,
        Member::SpanId,
        Member::ParentSpanId,
        Member::LeftOut,
        Member::Status,
        Member::Body,
        Member::Resource,
        Member::Links,
        Member::Instrument,
        Member::Unit,
        Member::Value,
        Member::Buckets,
        Member::Bounds,
        Member::Sum,
    ];

    fn name(self) -> &'static str {
        match self {
            Member::Kind => "kind",
            Member::Name => "name",
            Member::Start => "startTimeUnixNano",
            Member::End => "endTimeUnixNano",
            Member::Time => "timeUnixNano",
            Member::Attributes => "attributes",
            Member::Channels => "channels",
            Member::TraceId => "traceId",
            Member::SpanId => "spanId",
            Member::ParentSpanId => "parentSpanId",
            Member::LeftOut => "droppedAttributesCount",
            Member::Status => "status",
            Member::Body => "body",
            Member::Resource => "resource",
            Member::Links => "links",
            Member::Instrument => "instrument",
            Member::Unit => "unit",
            Member::Value => "value",
            Member::Buckets => "bucketCounts",
            Member::Bounds => "explicitBounds",
            Member::Sum => "sum",
        }
    }

    #[inline]
    fn find(key: &JsonText<'_>) -> Option<Member> {
        Member::ALL.into_iter().find(|member| key.is(member.name()))
    }
}

/// Members of the payload form, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MemberSet(u32);

const HEAD: MemberSet = MemberSet::of(&[Member::Kind, Member::Name]);

impl MemberSet {
    const fn of(members: &[Member]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < members.len() {
            bits |= 1 << members[at] as u32;
            at += 1;
        }
        MemberSet(bits)
    }

    const fn union(self, other: Self) -> Self {
        MemberSet(self.0 | other.0)
    }

    fn has(self, member: Member) -> bool {
        self.0 & (1 << member as u32) != 0
    }

    /// Returns true if the member is new.
    fn insert(&mut self, member: Member) -> bool {
        let is_new = !self.has(member);
        self.0 |= 1 << member as u32;
        is_new
    }
}

/// The kind and name of a payload. Of several members of one name the first counts.
#[derive(Debug, Clone)]
pub(super) struct Head<'p> {
    pub kind: Option<SignalKind>,
    pub name: Option<JsonText<'p>>,
    /// The rest, when these are all that was read to find it.
    rest: Option<(Cursor<'p>, bool)>,
}

impl<'p> Head<'p> {
    /// Reads ahead until both are found.
    pub(super) fn find(mut cursor: Cursor<'p>) -> Read<Self> {
        let mut head = Head { kind: None, name: None, rest: None };
        let mut seen = MemberSet::of(&[]);
        let mut others = false;
        let mut more = cursor.open_object()?;
        while more && seen != HEAD {
            let key = cursor.key()?;
            match Member::find(&key).filter(|member| HEAD.has(*member) && seen.insert(*member)) {
                Some(member) if cursor.peek() == b'"' => {
                    let text = cursor.text()?;
                    match member {
                        Member::Kind => head.kind = SignalKind::read(&text),
                        _ => head.name = Some(text),
                    }
                }
                _ => {
                    others = true;
                    cursor.skip_value()?;
                }
            }
            more = cursor.next_member()?;
        }
        if head.kind.is_some() && head.name.is_some() && !others {
            head.rest = Some((cursor, more));
        }
        Ok(head)
    }
}

/// Reads a payload, and says to `sink` what is wrong with it.
#[inline]
pub(super) fn read<S: Sink, P: Signals<S>>(cursor: &mut Cursor<'_>, sink: &mut S, signals: &P) -> Read<()> {
    if cursor.peek() != b'{' {
        return values::other(cursor, sink, false, "an object");
    }
    let position = cursor.position();
    let head = Head::find(cursor.clone())?;
    let signal = match (head.kind, head.name) {
        (Some(kind), Some(name)) => signals.find(kind, &name).map(|signal| (kind, signal)),
        _ => None,
    };
    if let (Some(kind), Some(name), None) = (head.kind, &head.name, signal) {
        sink.enter(Step::Member(Member::Name.name()));
        sink.fault(position, Fault::OtherSignal(Some((kind, name))))?;
        sink.leave();
    }
    let (mut seen, mut more) = match head.rest {
        Some((rest, more)) => {
            *cursor = rest;
            (HEAD, more)
        }
        None => (MemberSet::of(&[]), cursor.open_object()?),
    };
    let mut strangers = S::Strangers::default();
    while more {
        let key = cursor.key()?;
        match Member::find(&key).filter(|member| is_offered(*member, signal, signals)) {
            None => sink.stranger(&mut strangers, &key, cursor, Fault::UnknownMember)?,
            Some(member) => {
                sink.enter(Step::Member(member.name()));
                if seen.insert(member) {
                    read_member(member, signal, cursor, sink, signals)?;
                } else {
                    sink.refuse(cursor, Fault::Duplicate)?;
                }
                sink.leave();
            }
        }
        more = cursor.next_member()?;
    }
    let required = signal.map_or(HEAD, |(kind, _)| kind.required().union(HEAD));
    if required.0 & !seen.0 != 0 {
        for member in Member::ALL.into_iter().filter(|member| required.has(*member) && !seen.has(*member)) {
            sink.enter(Step::Member(member.name()));
            sink.fault(position, Fault::Missing)?;
            sink.leave();
        }
    }
    if let Some((_, signal)) = signal {
        for member in Part::MEMBERS.into_iter().filter(|member| !seen.has(*member)) {
            let Some(part) = Part::of(member).filter(|part| signals.has(signal, *part)) else { continue };
            if part.is_required() {
                sink.enter(Step::Member(member.name()));
                sink.fault(position, Fault::Missing)?;
                sink.leave();
            } else {
                signals.lacks(signal, part, sink);
            }
        }
    }
    sink.settle(seen.has(Member::LeftOut))
}

/// Returns whether a payload of this signal may have this member at all, as far as that is the catalogue's to say.
#[inline]
fn is_offered<S: Sink, P: Signals<S>>(member: Member, signal: Option<(SignalKind, P::Signal)>, signals: &P) -> bool {
    Part::of(member).is_none_or(|part| signal.is_some_and(|(_, signal)| signals.has(signal, part)))
}

/// The way to be joined that a member tells of. A log record has the ids of its span, and none of its own.
fn join_of(member: Member, kind: SignalKind) -> Option<Join> {
    match member {
        Member::ParentSpanId => Some(Join::Parent),
        Member::TraceId | Member::SpanId if kind == SignalKind::Event => Some(Join::Parent),
        Member::Links => Some(Join::Link),
        _ => None,
    }
}

#[inline]
fn read_member<S: Sink, P: Signals<S>>(
    member: Member,
    signal: Option<(SignalKind, P::Signal)>,
    cursor: &mut Cursor<'_>,
    sink: &mut S,
    signals: &P,
) -> Read<()> {
    /// Nanoseconds since 1970, in UTC.
    static NANOSECONDS: Pattern = Pattern::new("^[0-9]{1,20}$");
    if let (Some(part), Some((kind, signal))) = (Part::of(member), signal)
        && kind.allowed().has(member)
    {
        return signals.part(signal, part, cursor, sink);
    }
    match (member, signal) {
        (Member::Kind, _) => return read_kind(cursor, sink),
        (Member::Name, _) => return values::text(cursor, sink, false, usize::MAX, None),
        (_, None) => return sink.pass(cursor),
        (_, Some((kind, _))) if !kind.allowed().has(member) => return sink.refuse(cursor, Fault::UnknownMember),
        (_, Some((kind, signal))) if join_of(member, kind).is_some_and(|join| !signals.joins(signal, join)) => {
            return sink.refuse(cursor, Fault::NotJoined);
        }
        (Member::Attributes, Some((_, signal))) => return signals.attributes(signal, cursor, sink),
        (Member::Channels, _) => return read_channels(cursor, sink, signals),
        (Member::LeftOut, _) => return values::integer(cursor, sink, false, 1, u32::MAX.into()),
        (Member::Status, _) => return read_status(cursor, sink),
        (Member::Links, _) => return read_links(cursor, sink),
        _ => {}
    }
    let pattern = match member {
        Member::TraceId => &links::TRACE_ID,
        Member::SpanId | Member::ParentSpanId => &links::SPAN_ID,
        _ => &NANOSECONDS,
    };
    values::text(cursor, sink, false, usize::MAX, Some(pattern))
}

fn read_kind<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    if cursor.peek() != b'"' {
        return sink.refuse(cursor, Fault::OtherSignal(None));
    }
    let position = cursor.position();
    match SignalKind::read(&cursor.text()?) {
        Some(_) => Ok(()),
        None => sink.fault(position, Fault::OtherSignal(None)),
    }
}

/// The names of channels that were granted, sorted, with commas.
fn read_channels<S: Sink, P: Signals<S>>(cursor: &mut Cursor<'_>, sink: &mut S, signals: &P) -> Read<()> {
    if cursor.peek() != b'"' {
        return values::other(cursor, sink, false, "a text");
    }
    let position = cursor.position();
    match cursor.text()?.look(|text| is_marker(text, |channel| signals.is_granted(channel))) {
        true => Ok(()),
        false => sink.fault(position, Fault::NoMarker),
    }
}
