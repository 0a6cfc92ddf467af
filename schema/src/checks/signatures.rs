//! Findings of `candor diff` between two versions of a catalogue. It makes these findings itself; their texts are here,
//! like all others, so that `candor explain` knows them.

use crate::{Check, Severity};

const RIGHT: &str = "version: 2.0.0\nreviews:\n  - version: 2.0.0\n    who: the privacy team\n    when: 2026-11-20\n    \
                     link: https://example.com/pull/12\n    widens: [attributes.runs]\n";

const fn check(
    code: &'static str,
    title: &'static str,
    what: &'static str,
    why: &'static str,
    wrong: &'static str,
) -> Check {
    Check { code, severity: Severity::Error, waivable: false, title, what, why, wrong, right: RIGHT }
}

/// A widening that nobody signed for.
pub const UNSIGNED_WIDENING: Check = check(
    "E0502",
    "unsigned widening",
    "A change lets more leave by default, or weakens a promise, and no new entry of `reviews` names it.",
    "People agreed to less. Somebody has to have looked at what is new, and to say so where everybody can read it.",
    "version: 2.0.0\nreviews: []\n",
);

/// A change under the old version.
pub const VERSION_NOT_RAISED: Check = check(
    "E0503",
    "version not raised",
    "More than wording changed, and the catalogue's version is not newer than before.",
    "Stored consent, reports that wait in files, and recipients go by the version. Under the old one, two programs that \
     report different things cannot be told apart.",
    "version: 1.0.0\n",
);

/// A signature for something that does not widen.
pub const STALE_SIGNATURE: Check = check(
    "E0504",
    "stale signature",
    "A new entry of `reviews` names something that does not widen, or is for a version that is not the new one.",
    "A signature that lies about would cover the next change of the same thing, which nobody looked at.",
    "version: 2.0.0\nreviews:\n  - version: 2.0.0\n    who: the privacy team\n    when: 2026-11-20\n    \
     link: https://example.com/pull/12\n    widens: [attributes.runs, attributes.unchanged]\n",
);

/// A signature for more than a change.
pub const BROAD_SIGNATURE: Check = check(
    "E0505",
    "too broad a signature",
    "A new entry of `reviews` names a whole of which only a part widens, such as a span for one of its attributes.",
    "A signature is for what somebody looked at, and nothing else.",
    "version: 2.0.0\nreviews:\n  - version: 2.0.0\n    who: the privacy team\n    when: 2026-11-20\n    \
     link: https://example.com/pull/12\n    widens: [spans.started]\n",
);

/// All of them, by code.
pub(super) const CHECKS: &[&Check] = &[&UNSIGNED_WIDENING, &VERSION_NOT_RAISED, &STALE_SIGNATURE, &BROAD_SIGNATURE];
