//! Bodies of the program's own, written into the batch that goes out.

use candor_domain::{Body, Facts, MembersEncoder, Recorded};
use fastrand::Rng;

use super::{Buffer, Stamp};
use crate::filter::{Tally, record, record_holding};
use crate::{Consent, Telemetry};

/// Appends the body of a signal. Its attributes are recorded into `scratch` first, because the template says where each
/// of them belongs.
#[inline(never)]
pub(crate) fn put_body<T: Telemetry + ?Sized>(
    (out, scratch): (&mut Buffer, &mut Buffer),
    body: &Body,
    ids: &mut Rng,
    (consent, held): (Consent, &[&'static str]),
    stamp: Stamp<'_>,
    value: &T,
) -> Tally {
    scratch.rewind(0);
    let (mut recorded, mut tally) = (Recorded::default(), Tally::default());
    let mut encoder = MembersEncoder::new(scratch, &body.own, &mut recorded);
    match held {
        [] => record(value, &mut encoder, consent, &mut tally),
        held => record_holding(value, &mut encoder, consent, held, &mut tally),
    }
    encoder.finish();
    let facts = Facts {
        name: &T::SIGNAL.name,
        start_unix_nano: stamp.start_unix_nano,
        end_unix_nano: stamp.end_unix_nano,
        // The time is mixed in, so that a forked process, which inherits the generator, has ids of its own.
        id: ids.u128(..) ^ u128::from(stamp.end_unix_nano),
        dropped: tally.dropped,
        channels: &T::SIGNAL.channels,
        needs: tally.used.and(T::SIGNAL.needs),
    };
    body.write(out, &facts, scratch.bytes(), &recorded);
    if scratch.is_full() {
        out.fill();
    }
    tally
}
