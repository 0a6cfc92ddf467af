//! One value of each type, held against its domain.

use std::collections::HashSet;

use candor_domain::{
    At, Domain, Encoder, JsonEncoder, Members, Meter, Pattern, Scalar, TIMESTAMP_PATTERN, is_timestamp, write_scalar,
};

use super::cursor::{Cursor, Read, Refused};
use super::number::{Bound, Number};
use super::sink::{Fault, Sink, Step};

/// A text of no more than `most` characters.
#[inline]
pub fn text<S: Sink>(
    cursor: &mut Cursor<'_>,
    sink: &mut S,
    nullable: bool,
    most: usize,
    pattern: Option<&Pattern>,
) -> Read<()> {
    if cursor.peek() != b'"' {
        return other(cursor, sink, nullable, "a text");
    }
    if pattern.is_some_and(|pattern| pass(cursor, pattern, most)) {
        return Ok(());
    }
    let position = cursor.position();
    let text = cursor.text()?;
    if !text.is_within(most) {
        sink.fault(position, Fault::TooLong(most))?;
    }
    match pattern.filter(|pattern| !text.look(|text| pattern.matches(text))) {
        Some(pattern) => sink.fault(position, Fault::Pattern(pattern.source())),
        None => Ok(()),
    }
}

/// Passes the text at the cursor, if one look shows that it matches and has no more than so many characters. Otherwise
/// the cursor stays, and nothing is said about the text. All characters that are looked for are spelt as they are.
#[inline]
fn pass(cursor: &mut Cursor<'_>, pattern: &Pattern, most: usize) -> bool {
    let Some(body) = cursor.rest().get(1..) else { return false };
    let length = pattern.prefix(body).filter(|length| *length <= most && body.get(*length) == Some(&b'"'));
    if let Some(length) = length {
        cursor.advance(length + 2);
    }
    length.is_some()
}

/// One of these texts.
#[inline]
pub fn one_of<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S, nullable: bool, members: &[&str]) -> Read<()> {
    if cursor.peek() != b'"' {
        return other(cursor, sink, nullable, "a text");
    }
    let position = cursor.position();
    let text = cursor.text()?;
    if text.position(members).is_some() { Ok(()) } else { sink.fault(position, Fault::NotInEnum(members)) }
}

/// One of these texts, numbers and booleans.
pub fn choice<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S, nullable: bool, members: &Members) -> Read<()> {
    let (position, rest) = (cursor.position(), cursor.rest());
    let is_member = match cursor.peek() {
        b'"' => cursor.text()?.look(|text| members.position(Scalar::Text(text)).is_some()),
        byte @ (b't' | b'f') => {
            boolean(cursor, sink, false)?;
            members.position(Scalar::Boolean(byte == b't')).is_some()
        }
        _ if begins_number(cursor) => {
            cursor.number()?;
            let digits = rest.get(..cursor.position() - position).and_then(|digits| std::str::from_utf8(digits).ok());
            digits.is_some_and(|digits| members.position(Scalar::Digits(digits)).is_some())
        }
        _ => return other(cursor, sink, nullable, "a text, a number or a boolean"),
    };
    if is_member {
        return Ok(());
    }
    let members: Vec<String> = members.iter().map(|member| member.to_string()).collect();
    sink.fault(position, Fault::NotInEnum(&members.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// A point in time.
#[inline]
pub fn timestamp<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S, nullable: bool) -> Read<()> {
    if cursor.peek() != b'"' {
        return other(cursor, sink, nullable, "a text");
    }
    let position = cursor.position();
    let text = cursor.text()?;
    let is_timestamp = text.look(|text| is_timestamp(text.as_bytes()));
    if is_timestamp { Ok(()) } else { sink.fault(position, Fault::Pattern(TIMESTAMP_PATTERN)) }
}

/// `true` or `false`.
#[inline]
pub fn boolean<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S, nullable: bool) -> Read<()> {
    match cursor.peek() {
        b't' => cursor.word(b"true"),
        b'f' => cursor.word(b"false"),
        _ => other(cursor, sink, nullable, "a boolean"),
    }
}

/// A whole number in a range.
#[inline]
pub fn integer<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S, nullable: bool, minimum: i64, maximum: i64) -> Read<()> {
    const EXPECTED: &str = "an integer";
    if !begins_number(cursor) {
        return other(cursor, sink, nullable, EXPECTED);
    }
    let position = cursor.position();
    let number = cursor.number()?;
    if !number.is_integer() {
        return sink.fault(position, Fault::WrongType { expected: EXPECTED, nullable });
    }
    within(sink, position, number, Bound::Whole(minimum), Bound::Whole(maximum))
}

/// A number in a range.
#[inline]
pub fn double<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S, nullable: bool, minimum: f64, maximum: f64) -> Read<()> {
    if !begins_number(cursor) {
        return other(cursor, sink, nullable, "a number");
    }
    let position = cursor.position();
    let number = cursor.number()?;
    within(sink, position, number, Bound::Double(minimum), Bound::Double(maximum))
}

/// A list of no more than `most` items.
#[inline]
pub fn list<'p, S: Sink>(
    cursor: &mut Cursor<'p>,
    sink: &mut S,
    nullable: bool,
    most: usize,
    mut item: impl FnMut(&mut Cursor<'p>, &mut S) -> Read<()>,
) -> Read<()> {
    if cursor.peek() != b'[' {
        return other(cursor, sink, nullable, "a list");
    }
    let position = cursor.position();
    let mut items = 0;
    let mut more = cursor.open_list()?;
    while more {
        sink.enter(Step::Item(items));
        item(cursor, sink)?;
        sink.leave();
        items += 1;
        more = cursor.next_item()?;
    }
    if items > most { sink.fault(position, Fault::TooManyItems(most)) } else { Ok(()) }
}

/// An object with these members and no others, each of which has to be there. `read` gets the position of a name.
pub(super) fn members<S: Sink, const N: usize>(
    cursor: &mut Cursor<'_>,
    sink: &mut S,
    names: [&str; N],
    mut read: impl FnMut(usize, &mut Cursor<'_>, &mut S) -> Read<()>,
) -> Read<()> {
    if cursor.peek() != b'{' {
        return other(cursor, sink, false, "an object");
    }
    let position = cursor.position();
    let mut strangers = S::Strangers::default();
    let mut seen = [false; N];
    let mut more = cursor.open_object()?;
    while more {
        let key = cursor.key()?;
        if let Some(at) = names.iter().position(|name| key.is(name)) {
            sink.enter(Step::Member(names[at]));
            match std::mem::replace(&mut seen[at], true) {
                true => sink.refuse(cursor, Fault::Duplicate)?,
                false => read(at, cursor, sink)?,
            }
            sink.leave();
        } else {
            sink.stranger(&mut strangers, &key, cursor, Fault::UnknownMember)?;
        }
        more = cursor.next_member()?;
    }
    for (name, _) in names.iter().zip(seen).filter(|(_, seen)| !seen) {
        sink.enter(Step::Member(name));
        sink.fault(position, Fault::Missing)?;
        sink.leave();
    }
    Ok(())
}

/// A map of no more than `most` entries. Faults of its keys are told of the map: a key may be personal.
pub fn map<'p, S: Sink>(
    cursor: &mut Cursor<'p>,
    sink: &mut S,
    nullable: bool,
    most: usize,
    keys: &Domain,
    mut value: impl FnMut(&mut Cursor<'p>, &mut S) -> Read<()>,
) -> Read<()> {
    if cursor.peek() != b'{' {
        return other(cursor, sink, nullable, "an object");
    }
    let position = cursor.position();
    let (mut entries, mut seen) = (0, HashSet::new());
    let mut more = cursor.open_object()?;
    while more {
        let key = cursor.key()?;
        if !seen.insert(key.decode()) {
            sink.refuse(cursor, Fault::Duplicate)?;
        } else if key.look(|key| keys.judge(Scalar::Text(key)).is_ok()) {
            value(cursor, sink)?;
        } else {
            sink.refuse(cursor, Fault::BadKey)?;
        }
        entries += 1;
        more = cursor.next_member()?;
    }
    if entries > most { sink.fault(position, Fault::TooManyItems(most)) } else { Ok(()) }
}

/// Any JSON value that is nested no deeper than `depth` and has no more than `most` characters without white space.
pub fn json<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S, nullable: bool, depth: usize, most: usize) -> Read<()> {
    if cursor.peek() == b'n' {
        return other(cursor, sink, nullable, "a JSON value");
    }
    let (position, mut ahead) = (cursor.position(), cursor.clone());
    cursor.skip_value()?;
    let mut meter = Meter::new(most);
    match measure(&mut ahead, &mut meter, At::Text, depth) {
        Ok(()) if meter.is_within() => Ok(()),
        Ok(()) => sink.fault(position, Fault::TooLong(most)),
        Err(Unfit::TooDeep) => sink.fault(position, Fault::TooDeep(depth)),
        Err(Unfit::Duplicate) => sink.fault(position, Fault::Duplicate),
        Err(Unfit::Number) => sink.fault(position, Fault::WrongType { expected: "a JSON value", nullable }),
        Err(Unfit::NotJson) => Err(Refused),
    }
}

/// The reason for which a JSON value is not admitted, its length aside.
enum Unfit {
    NotJson,
    TooDeep,
    Duplicate,
    Number,
}

impl From<Refused> for Unfit {
    fn from(_: Refused) -> Self {
        Unfit::NotJson
    }
}

/// Writes a value to a meter, as an emitter would send it.
fn measure(cursor: &mut Cursor<'_>, meter: &mut Meter, at: At<'_>, depth: usize) -> Result<(), Unfit> {
    let inner = || depth.checked_sub(1).ok_or(Unfit::TooDeep);
    match cursor.peek() {
        b'"' => {
            let text = cursor.text()?;
            text.look(|text| {
                JsonEncoder { out: meter }.string(at, text);
                true
            });
        }
        b't' => JsonEncoder { out: meter }.boolean(at, cursor.word(b"true").map(|()| true)?),
        b'f' => JsonEncoder { out: meter }.boolean(at, cursor.word(b"false").map(|()| false)?),
        b'n' => {
            cursor.word(b"null")?;
            JsonEncoder { out: meter }.null(at);
        }
        b'[' => {
            let inner = inner()?;
            JsonEncoder { out: meter }.begin_list(at);
            let mut more = cursor.open_list()?;
            while more {
                measure(cursor, meter, At::Item, inner)?;
                more = cursor.next_item()?;
            }
            JsonEncoder { out: meter }.end_list(());
        }
        b'{' => measure_object(cursor, meter, at, inner()?)?,
        _ => {
            let rest = cursor.rest();
            let start = cursor.position();
            cursor.number()?;
            let digits = rest.get(..cursor.position() - start).and_then(|digits| std::str::from_utf8(digits).ok());
            let digits = Scalar::Digits(digits.ok_or(Unfit::NotJson)?);
            write_scalar(digits, &mut JsonEncoder { out: meter }, at).map_err(|_| Unfit::Number)?;
        }
    }
    Ok(())
}

fn measure_object(cursor: &mut Cursor<'_>, meter: &mut Meter, at: At<'_>, inner: usize) -> Result<(), Unfit> {
    JsonEncoder { out: meter }.begin_object(at);
    let mut seen = HashSet::new();
    let mut more = cursor.open_object()?;
    while more {
        let key = cursor.key()?.decode();
        measure(cursor, meter, At::Field(&key), inner)?;
        if !seen.insert(key) {
            return Err(Unfit::Duplicate);
        }
        more = cursor.next_member()?;
    }
    JsonEncoder { out: meter }.end_object(());
    Ok(())
}

/// Accepts null for a value that is not of the expected type, where null is allowed.
#[inline]
pub fn other<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S, nullable: bool, expected: &'static str) -> Read<()> {
    if nullable && cursor.peek() == b'n' {
        return cursor.word(b"null");
    }
    sink.refuse(cursor, Fault::WrongType { expected, nullable })
}

#[inline(always)]
fn begins_number(cursor: &Cursor<'_>) -> bool {
    matches!(cursor.peek(), b'-' | b'0'..=b'9')
}

#[inline(always)]
fn within<S: Sink>(sink: &mut S, position: usize, number: Number, minimum: Bound, maximum: Bound) -> Read<()> {
    if !number.at_least(minimum) {
        return sink.fault(position, Fault::TooSmall(minimum));
    }
    if !number.at_most(maximum) {
        return sink.fault(position, Fault::TooLarge(maximum));
    }
    Ok(())
}
