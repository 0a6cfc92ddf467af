//! The page of the checks: `docs/checks.md`, from what each check says of itself. It is the same for every catalogue.

use candor_schema::{Check, checks};
use serde::Serialize;

use crate::Artefact;
use crate::layout::lay_out_page;
use crate::markdown::{cell, prose};

/// Every decision about the page, as Markdown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChecksPlan {
    /// Every check, by code.
    pub checks: Vec<CheckPlan>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckPlan {
    /// Its code.
    pub code: &'static str,
    /// The anchor of its heading.
    pub anchor: String,
    /// Severity of its findings.
    pub severity: String,
    /// Short name.
    pub title: String,
    /// `yes` or `no`.
    pub waivable: &'static str,
    /// The mistake that it catches.
    pub what: String,
    /// The reason why that matters.
    pub why: String,
    /// The language of its examples.
    pub language: &'static str,
    /// An example that it refuses.
    pub wrong: &'static str,
    /// The same, mended.
    pub right: &'static str,
}

/// Decides everything the page says.
pub fn plan() -> ChecksPlan {
    let mut checks: Vec<CheckPlan> = checks::all().map(plan_check).collect();
    checks.sort_by_key(|check| check.code[1..].to_owned());
    ChecksPlan { checks }
}

fn plan_check(check: &'static Check) -> CheckPlan {
    let of_the_derive = checks::derive::CHECKS.iter().any(|derive| derive.code == check.code);
    CheckPlan {
        code: check.code,
        anchor: anchor(&format!("{}: {}", check.code, check.title)),
        severity: check.severity.to_string(),
        title: cell(&prose(check.title)),
        waivable: if check.waivable { "yes" } else { "no" },
        what: prose(check.what),
        why: prose(check.why),
        language: if of_the_derive { "rust" } else { "yaml" },
        wrong: check.wrong.trim_end(),
        right: check.right.trim_end(),
    }
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Lays out the page.
pub fn render(plan: &ChecksPlan) -> Vec<Artefact> {
    vec![Artefact { path: "docs/checks.md".to_owned(), text: lay_out_page("checks", plan) }]
}
