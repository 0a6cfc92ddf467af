//! The status of a span.

use super::cursor::{Cursor, Read};
use super::number::Number;
use super::sink::{Fault, Sink};
use super::values;

/// 0 unset, 1 ok, 2 error. It has no message: that would be free text.
pub(super) fn read_status<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    values::members(cursor, sink, ["code"], |_, cursor, sink| read_status_code(cursor, sink))
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
