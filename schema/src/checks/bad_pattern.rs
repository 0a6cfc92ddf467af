//! A pattern that not every reader of the catalogue understands alike.

use crate::index::{Index, patterns};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_pattern`].
pub const CHECK: Check = Check {
    code: "E0210",
    severity: Severity::Error,
    waivable: false,
    title: "bad pattern",
    what: "A `pattern` is no regular expression, is not anchored with `^` and `$`, is longer than 512 characters, or uses \
           syntax that implementations disagree on: `\\d`, `\\w`, `\\s`, `\\b`, `.`, lookaround, flags, back-references, …",
    why: "One pattern decides in the filter, in the JSON Schema and in whatever others check with. Where they disagree, a \
          value leaks. JSON Schema searches, so `[0-9]+` without anchors admits any text with a digit in it.",
    wrong: "pattern: '\\d+'\n",
    right: "pattern: '^[0-9]+$'\n",
};

/// Looks at every pattern of a string, and of a map's keys.
pub fn check_bad_pattern(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, attribute) in index.model.attributes.iter() {
        for (pattern, _) in patterns(index, attribute) {
            let known = index.patterns.get(&pattern.value);
            let fault = known.shape.as_ref().err();
            findings.extend(fault.map(|fault| CHECK.at(pattern.place, &fault.message).help(fault.help)));
        }
    }
}
