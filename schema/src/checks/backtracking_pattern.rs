//! A pattern that takes some matchers forever.

use crate::index::{Index, patterns};
use crate::{Check, Finding, Severity};

/// Found by [`check_backtracking_pattern`].
pub const CHECK: Check = Check {
    code: "E0219",
    severity: Severity::Error,
    waivable: true,
    title: "backtracking pattern",
    what: "A `pattern` repeats something that repeats the same characters, as in `([a-z]+)*`, so that one text can be read \
           in very many ways.",
    why: "Candor's own matcher takes no longer for it. Others, such as those of Python and JavaScript, try every way: one \
          text of fifty characters stops whoever holds it against the JSON Schema.",
    wrong: "pattern: '^([a-z]+[.]?)*$'\n",
    right: "pattern: '^([a-z]+[.])*[a-z]*$'\n",
};

/// Looks for patterns that read one text in a number of ways that grows without bound.
pub fn check_backtracking_pattern(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        for (pattern, _) in patterns(index, attribute) {
            let known = index.patterns.get(&pattern.value);
            let reported = known.shape().is_none_or(|shape| !shape.is_possible());
            if !reported && known.is_ambiguous() {
                let message = "this pattern can read one text in very many ways, and some matchers try them all";
                findings.push(
                    CHECK
                        .at(pattern.place, message)
                        .help("repeat only what starts or ends with something else than what is repeated in it")
                        .about(name.place),
                );
            }
        }
    }
}
