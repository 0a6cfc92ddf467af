//! The numbers of a metric's data point.

use candor_domain::{Domain, Instrument, Measure};

use super::cursor::{Cursor, Read};
use super::form::Part;
use super::sink::{Fault, Sink};
use super::values;

/// Returns whether data points of this metric have this part.
pub(super) fn has(measure: &Measure, part: Part) -> bool {
    let is_histogram = measure.instrument == Instrument::Histogram;
    match part {
        Part::Instrument => true,
        Part::Unit => !measure.unit.is_empty(),
        Part::Value => !is_histogram,
        Part::Buckets | Part::Bounds | Part::Sum => is_histogram,
        Part::Body | Part::Resource => false,
    }
}

/// Reads a part that data points of this metric have.
pub(super) fn read<S: Sink>(measure: &Measure, part: Part, cursor: &mut Cursor<'_>, sink: &mut S) -> Read<()> {
    let bounds = &*measure.bounds;
    match part {
        Part::Instrument => values::one_of(cursor, sink, false, &[measure.instrument.word()]),
        Part::Unit => values::one_of(cursor, sink, false, &[&*measure.unit]),
        Part::Value | Part::Sum => match measure.domain() {
            Domain::Int { minimum, maximum } => values::integer(cursor, sink, false, minimum, maximum),
            Domain::Double { minimum, maximum } => values::double(cursor, sink, false, minimum, maximum),
            _ => sink.refuse(cursor, Fault::UnknownMember),
        },
        Part::Buckets => {
            exactly(cursor, sink, bounds.len() + 1, |_, cursor, sink| values::integer(cursor, sink, false, 0, i64::MAX))
        }
        Part::Bounds => exactly(cursor, sink, bounds.len(), |at, cursor, sink| {
            let bound = bounds.get(at).copied().unwrap_or_default();
            values::double(cursor, sink, false, bound, bound)
        }),
        Part::Body | Part::Resource => sink.refuse(cursor, Fault::UnknownMember),
    }
}

/// Reads a list of so many items.
fn exactly<S: Sink>(
    cursor: &mut Cursor<'_>,
    sink: &mut S,
    length: usize,
    read: impl Fn(usize, &mut Cursor<'_>, &mut S) -> Read<()>,
) -> Read<()> {
    let (position, is_list) = (cursor.position(), cursor.peek() == b'[');
    let mut found = 0;
    values::list(cursor, sink, false, length, |cursor, sink| {
        found += 1;
        read(found - 1, cursor, sink)
    })?;
    if is_list && found < length { sink.fault(position, Fault::TooFewItems(length)) } else { Ok(()) }
}
