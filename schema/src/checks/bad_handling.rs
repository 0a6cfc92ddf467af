//! Handling (purpose, owner, retention) that is written and does not say it.

use super::bad_variable::fault_of_endpoint;
use crate::finding::quote;
use crate::handling::{HandlingModel, Retention};
use crate::index::Index;
use crate::version::{FORMS, parts};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_handling`].
pub const CHECK: Check = Check {
    code: "E0241",
    severity: Severity::Error,
    waivable: false,
    title: "bad handling",
    what: "A `purpose` or an `owner` is blank, a `retention` is neither a duration nor one of its words, an `expires` is \
           neither a day nor a version, or one of `links` is no web address.",
    why: "These keys are promises on the page, and `candor diff` compares them: a longer retention or a later expiry widens.",
    wrong: "rows:\n  usage: {title: Usage, personal: none, retention: 3 months}\n",
    right: "rows:\n  usage: {title: Usage, personal: none, retention: 90d}\n",
};

/// Looks at the handling of every row and attribute.
pub fn check_bad_handling(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let of_rows = index.model.rows.iter().map(|(_, row)| &row.handling);
    let of_attributes = index.model.attributes.iter().map(|(_, attribute)| &attribute.handling);
    for handling in of_rows.chain(of_attributes) {
        check_handling(handling, findings);
    }
}

fn check_handling(handling: &HandlingModel, findings: &mut Vec<Finding>) {
    for (key, text) in [("purpose", &handling.purpose), ("owner", &handling.owner)] {
        for blank in text.iter().filter(|text| text.value.trim().is_empty()) {
            findings.push(CHECK.at(blank.place, format!("this `{key}` is empty")).help("say it, or remove the key"));
        }
    }
    for retention in handling.retention.iter().filter(|retention| Retention::of(&retention.value).is_none()) {
        let message = format!("{} is no retention", quote(&retention.value));
        let help = "write a duration such as 90d, 12h or 2w, or `session`, or `until_deleted`";
        findings.push(CHECK.at(retention.place, message).help(help));
    }
    for expires in handling.expires.iter().filter(|expires| parts(&expires.value).is_none()) {
        let message = format!("{} is neither a day nor a version", quote(&expires.value));
        findings.push(CHECK.at(expires.place, message).help(FORMS));
    }
    for link in &handling.links {
        if let Some((fault, _)) = fault_of_endpoint(&link.value) {
            let help = "write a whole web address, such as https://example.com/decisions/12";
            findings.push(CHECK.at(link.place, format!("the link {fault}")).help(help));
        }
    }
}
