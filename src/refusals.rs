//! The names of the values that did not pass, for the counters by key.

use candor_domain::{Refusals, Why};

use crate::encode::{Buffer, JsonEncoder};
use crate::filter::record_noting;
use crate::stopped::Counts;
use crate::{Consent, Telemetry};

/// Counts by key the values of a signal that did not pass, or were cut. It records the signal once more, so that a signal
/// of which everything passes costs nothing.
#[cold]
#[inline(never)]
pub(crate) fn count_refusals<T: Telemetry + ?Sized>(
    value: &T,
    consent: Consent,
    held: &[&'static str],
    counts: &mut Counts,
) {
    let (mut scratch, mut refusals) = (Buffer::growing(), Refusals::default());
    record_noting(value, &mut JsonEncoder { out: &mut scratch }, consent, held, &mut refusals);
    for (why, path) in refusals.iter().filter(|(why, _)| why.is_dropped() || *why == Why::Cut) {
        counts.add(why, format_args!("{}: attribute {path}", T::SIGNAL.name));
    }
}
