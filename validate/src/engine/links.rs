//! The links of a span: ids without attributes, which no catalogue lists.

use candor_domain::{MOST_LINKS, Pattern};

use super::cursor::{Cursor, Read};
use super::sink::Sink;
use super::values;

pub(super) static TRACE_ID: Pattern = Pattern::new("^[0-9a-f]{32}$");
pub(super) static SPAN_ID: Pattern = Pattern::new("^[0-9a-f]{16}$");

/// Reads the links of a span.
pub(super) fn read_links<S: Sink>(cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    values::list(cursor, sink, false, MOST_LINKS, |cursor, sink| {
        values::members(cursor, sink, ["traceId", "spanId"], |at, cursor, sink| {
            values::text(cursor, sink, false, usize::MAX, Some([&TRACE_ID, &SPAN_ID][at]))
        })
    })
}
