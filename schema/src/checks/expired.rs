//! Something that was to be collected no longer.

use crate::handling::{Expiry, HandlingModel};
use crate::index::Index;
use crate::model::Located;
use crate::version::today;
use crate::{Check, Finding, Severity};

/// Found by [`check_expired`].
pub const CHECK: Check = Check {
    code: "W0341",
    severity: Severity::Warning,
    waivable: true,
    title: "expired",
    what: "The day or the version at which a row or an attribute expires has come, and it is still in the catalogue.",
    why: "An expiry is a promise that collecting ends. It is a warning, so that no build fails because a day has passed; \
          `candor check --deny warnings` fails for the owner of the catalogue.",
    wrong: "version: 2.0.0\nrows:\n  usage: {title: Usage, personal: none, expires: 2.0.0}\n",
    right: "version: 2.0.0\nrows:\n  usage: {title: Usage, personal: none, expires: 3.0.0}\n",
};

/// Looks at the expiry of every row and attribute.
pub fn check_expired(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let Some(version) = &index.model.version else { return };
    let today = today();
    let of_rows = index.model.rows.iter().map(|(name, row)| ("row", name, &row.handling));
    let of_attributes = index.model.attributes.iter().map(|(name, one)| ("attribute", name, &one.handling));
    for (what, name, handling) in of_rows.chain(of_attributes) {
        findings.extend(expired(what, name, handling, &version.value, &today));
    }
}

fn expired(
    what: &str,
    name: &Located<String>,
    handling: &HandlingModel,
    version: &str,
    today: &str,
) -> Option<Finding> {
    let written = handling.expires.as_ref()?;
    Expiry::of(&written.value).filter(|expiry| expiry.is_past(version, today))?;
    let finding = CHECK.at(written.place, format!("{what} `{}` expired: {}", name.value, written.value));
    let help = "remove it from the catalogue and from the code, or agree on a later expiry";
    Some(finding.help(help).about(name.place))
}
