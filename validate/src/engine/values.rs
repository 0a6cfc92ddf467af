//! One value of each type, held against its domain.

use candor_domain::{Pattern, TIMESTAMP_PATTERN, is_timestamp};

use super::cursor::{Cursor, Read};
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
