//! Corrections: which can be made without asking, and what the texts are with them.
//!
//! A correction is made where its finding goes away by it and no other error appears. Nothing is written here.

use std::collections::{BTreeMap, HashMap};

use crate::check::Age;
use crate::load::load_sources;
use crate::names::fault_of_id;
use crate::{Finding, Fix, Loaded, Severity, Sources, checks};

/// A catalogue with corrections made.
#[derive(Debug)]
pub struct Fixed {
    /// The findings that were corrected.
    pub corrected: Vec<Finding>,
    /// The result of loading afterwards. Its sources are the corrected texts, in the same order.
    pub loaded: Loaded,
}

/// Makes all corrections that are certain. `None` where there is nothing to correct.
///
/// ```
/// # let text = "candor: 1\nname: demo\ntitle: Demo\nversion: 1.0.0\nservice: demo\nrows:\n  usage: {title: Usage, personal: none}\n\
/// #     attributes:\n  runs: {row: usgae, collected: default, type: int, brief: runs} # why\nspans:\n  started: {name: \
/// #     Started, collected: default, brief: started, attributes: {runs: required}}\n";
/// let loaded = candor_schema::load_str("telemetry.yaml", text); // says `row: usgae`
/// let fixed = candor_schema::fix(&loaded).expect("a correction");
/// assert_eq!(fixed.corrected[0].message, "there is no row `usgae`");
/// assert_eq!(fixed.loaded.sources.files()[0].text, text.replace("usgae", "usage"));
/// assert!(fixed.loaded.catalogue.is_some());
/// ```
pub fn fix(loaded: &Loaded) -> Option<Fixed> {
    let candidates = candidates(&loaded.findings);
    let mut attempts = Attempts { loaded, chosen: Vec::new(), result: None, left: MOST_ATTEMPTS };
    attempts.settle(&candidates);
    let loaded = attempts.result?;
    Some(Fixed { corrected: attempts.chosen.into_iter().cloned().collect(), loaded })
}

/// The most times that the whole catalogue is checked to find out which corrections go together.
const MOST_ATTEMPTS: usize = 64;

/// The findings with corrections that do not overlap those of one before.
fn candidates(findings: &[Finding]) -> Vec<&Finding> {
    // By file and first byte, the byte behind.
    let mut taken: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let mut candidates = Vec::new();
    for finding in findings.iter().filter(|finding| !finding.fixes.is_empty()) {
        let is_free = |fix: &Fix| {
            let before = taken.range(..(fix.place.file, fix.place.end)).next_back();
            before.is_none_or(|((file, _), end)| *file != fix.place.file || *end <= fix.place.start)
        };
        if finding.fixes.iter().all(is_free) {
            taken.extend(finding.fixes.iter().map(|fix| ((fix.place.file, fix.place.start), fix.place.end)));
            candidates.push(finding);
        }
    }
    candidates
}

/// The search for the corrections that can be made together.
struct Attempts<'l> {
    loaded: &'l Loaded,
    chosen: Vec<&'l Finding>,
    result: Option<Loaded>,
    left: usize,
}

impl<'l> Attempts<'l> {
    /// Chooses as many of the candidates as make nothing worse: all of them or, by halves, those that do not.
    fn settle(&mut self, candidates: &[&'l Finding]) {
        if candidates.is_empty() || self.left == 0 {
            return;
        }
        self.left -= 1;
        let together: Vec<_> = self.chosen.iter().chain(candidates).copied().collect();
        let result = with_corrections(self.loaded, &together);
        if is_better(self.loaded, &result, &together) {
            (self.chosen, self.result) = (together, Some(result));
        } else if candidates.len() > 1 {
            let (first, rest) = candidates.split_at(candidates.len() / 2);
            self.settle(first);
            self.settle(rest);
        }
    }
}

fn with_corrections(loaded: &Loaded, findings: &[&Finding]) -> Loaded {
    let mut by_file: HashMap<u32, Vec<&Fix>> = HashMap::new();
    for fix in findings.iter().flat_map(|finding| &finding.fixes) {
        by_file.entry(fix.place.file).or_default().push(fix);
    }
    let texts = by_file.into_iter().filter_map(|(file, mut fixes)| {
        fixes.sort_by_key(|fix| fix.place.start);
        Some((file, replaced(&loaded.sources.files().get(file as usize)?.text, &fixes)))
    });
    let unreadable = loaded.findings.iter().filter(|finding| finding.code == checks::unreadable_file::CHECK.code);
    load_sources(loaded.sources.with_texts(texts), unreadable.cloned().collect(), Age::Current)
}

/// The text with corrections in it that are in order and do not overlap.
fn replaced(text: &str, fixes: &[&Fix]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for fix in fixes {
        result.push_str(&text[end..fix.place.start as usize]);
        result.push_str(&fix.text);
        end = fix.place.end as usize;
    }
    result.push_str(&text[end..]);
    result
}

/// Returns true if the corrected findings are gone, and there is no error that was not there before.
fn is_better(before: &Loaded, after: &Loaded, corrected: &[&Finding]) -> bool {
    let mut allowed: HashMap<(&str, &str), isize> = HashMap::new();
    for finding in &before.findings {
        *allowed.entry((finding.code, &finding.message)).or_default() += 1;
    }
    for finding in corrected {
        *allowed.entry((finding.code, &finding.message)).or_default() -= 1;
    }
    after.findings.iter().all(|finding| {
        let left = allowed.entry((finding.code, &finding.message)).or_default();
        *left -= 1;
        *left >= 0 || finding.severity == Severity::Warning
    })
}

/// Keeps corrections only where a plain word takes the place of one: no alias, no block of text, nothing that YAML would
/// read as something else.
pub(crate) fn keep_safe(findings: &mut [Finding], sources: &Sources) {
    for finding in findings.iter_mut().filter(|finding| !finding.fixes.is_empty()) {
        if !finding.fixes.iter().all(|fix| is_one_line(sources.marked(fix.place)) && is_plain(&fix.text)) {
            finding.fixes.clear();
        }
    }
}

fn is_one_line(marked: &str) -> bool {
    let quoted = |quote| marked.len() > 1 && marked.starts_with(quote) && marked.ends_with(quote);
    match marked.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted(quote),
        Some('*' | '&' | '!' | '|' | '>' | '[' | '{') | None => false,
        Some(_) => !marked.contains(['\n', '\r']),
    }
}

fn is_plain(text: &str) -> bool {
    const OTHERS: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    fault_of_id(text, false).is_none() && !OTHERS.contains(&text)
}
