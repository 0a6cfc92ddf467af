//! The status of a span.

use super::cursor::{Cursor, Read};
use super::number::Number;
use super::sink::{Fault, Sink, Step};
use super::values;

/// 0 unset, 1 ok, 2 error. It has no message: that would be free text.
pub(super) fn read_status<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    const CODE: &str = "code";
    if cursor.peek() != b'{' {
        return values::other(cursor, sink, false, "an object");
    }
    let position = cursor.position();
    let mut strangers = S::Strangers::default();
    let mut seen = false;
    let mut more = cursor.open_object()?;
    while more {
        let key = cursor.key()?;
        if key.is(CODE) {
            sink.enter(Step::Member(CODE));
            if std::mem::replace(&mut seen, true) {
                sink.refuse(cursor, Fault::Duplicate)?;
            } else {
                read_status_code(cursor, sink)?;
            }
            sink.leave();
        } else {
            sink.stranger(&mut strangers, &key, cursor, Fault::UnknownMember)?;
        }
        more = cursor.next_member()?;
    }
    if !seen {
        sink.enter(Step::Member(CODE));
        sink.fault(position, Fault::Missing)?;
        sink.leave();
    }
    Ok(())
}

fn read_status_code<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    let position = cursor.position();
    if !matches!(cursor.peek(), b'-' | b'0'..=b'9') {
        return sink.refuse(cursor, Fault::NotAStatus);
    }
    match cursor.number()? {
        Number::Whole(0..=2) => Ok(()),
        Number::Double(code) if [0.0, 1.0, 2.0].contains(&code) => Ok(()),
        _ => sink.fault(position, Fault::NotAStatus),
    }
}
