//! The audit of what comes: what values look like, and what only shows when one remembers what came before.
//!
//! The validator has already said what is in no row, not allowed, or outside its domain.

use std::sync::{Mutex, MutexGuard, PoisonError};

use candor_schema::{Catalogue, Consent};
use candor_validate::Item;
use candor_validate::audit::{self, Audit, Granted, Harm, Rule};

use super::inspect::FindingKey;
use super::ledger::{Counted, Occurrences};

/// One audit of everything.
pub struct Live(Mutex<Audit<'static>>);

impl Live {
    pub fn new(catalogue: &'static Catalogue, consent: Option<Consent>) -> Self {
        let granted = Granted::of(consent.unwrap_or(Consent::Off));
        let mut audit = Audit::new(catalogue);
        audit.begin("live", granted);
        Live(Mutex::new(audit))
    }

    pub fn add(&self, item: &Item) {
        self.lock().add(item);
    }

    /// Returns the findings since the last call.
    pub fn news(&self) -> Vec<Counted> {
        self.lock().new_findings().iter().filter(|finding| is_ours(finding.rule)).map(counted).collect()
    }

    /// Everything that was found, and whether any of it breaks a promise.
    pub fn all(&self) -> (Vec<Counted>, bool) {
        let report = self.lock().report();
        let ours: Vec<_> = report.findings.iter().filter(|finding| is_ours(finding.rule)).collect();
        let breach = ours.iter().any(|finding| finding.harm.is_breach());
        (ours.into_iter().map(counted).collect(), breach)
    }

    /// A look that panicked has cost its request; what was remembered before is sound.
    fn lock(&self) -> MutexGuard<'_, Audit<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns true for a rule that the validator does not know.
fn is_ours(rule: Rule) -> bool {
    let by_value = matches!(rule.harm(), Harm::Secret | Harm::Personal | Harm::Disclosed);
    by_value || matches!(rule, Rule::CopiedText | Rule::HashedText | Rule::NotRandom | Rule::ManyValues)
}

fn counted(finding: &audit::Finding) -> Counted {
    let signal = match finding.signals.keys().collect::<Vec<_>>()[..] {
        [] => "?".to_owned(),
        [name] => name.clone(),
        [name, ref more @ ..] => format!("{name} and {} more", more.len()),
    };
    let example = finding.example.as_ref().map(|example| format!("; such as {example}"));
    let message = format!("{} {}{}", finding.subject, finding.message, example.unwrap_or_default());
    Counted {
        finding: FindingKey { signal, place: finding.pointer.clone(), rule: finding.rule.name() },
        found: Occurrences { count: finding.count, message, first: finding.first.origin.to_string() },
    }
}
