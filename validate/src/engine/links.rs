//! The links of a span: ids without attributes, which no catalogue lists.

use candor_domain::{MOST_LINKS, Pattern};

use super::cursor::{Cursor, Read};
use super::sink::{Fault, Sink, Step};
use super::values;

pub(super) static TRACE_ID: Pattern = Pattern::new("^[0-9a-f]{32}$");
pub(super) static SPAN_ID: Pattern = Pattern::new("^[0-9a-f]{16}$");

/// The members of a link, both of which must be there.
const MEMBERS: [(&str, &Pattern); 2] = [("traceId", &TRACE_ID), ("spanId", &SPAN_ID)];

/// Reads the links of a span.
pub(super) fn read_links<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    values::list(cursor, sink, false, MOST_LINKS, read_link)
}

fn read_link<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    if cursor.peek() != b'{' {
        return values::other(cursor, sink, false, "an object");
    }
    let position = cursor.position();
    let mut strangers = S::Strangers::default();
    let mut seen = [false; MEMBERS.len()];
    let mut more = cursor.open_object()?;
    while more {
        let key = cursor.key()?;
        match MEMBERS.iter().position(|(name, _)| key.is(name)) {
            None => sink.stranger(&mut strangers, &key, cursor, Fault::UnknownMember)?,
            Some(member) => {
                let (name, pattern) = MEMBERS[member];
                sink.enter(Step::Member(name));
                match std::mem::replace(&mut seen[member], true) {
                    true => sink.refuse(cursor, Fault::Duplicate)?,
                    false => values::text(cursor, sink, false, usize::MAX, Some(pattern))?,
                }
                sink.leave();
            }
        }
        more = cursor.next_member()?;
    }
    for ((name, _), _) in MEMBERS.iter().zip(seen).filter(|(_, seen)| !seen) {
        sink.enter(Step::Member(name));
        sink.fault(position, Fault::Missing)?;
        sink.leave();
    }
    Ok(())
}
