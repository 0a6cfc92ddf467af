//! Texts that look like what they should not be: secrets, personal data, printed objects.
//!
//! A detector is a regular expression and, where a pattern alone would cry wolf, a judge. All of them together are one
//! automaton, so a text without anything is read once, and once more where it is percent-encoded.

mod detector;
mod detectors;
mod encoded;
mod families;
mod judges;
mod mails;
mod numbers;

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Match, Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use crate::audit::Rule;
use crate::audit::redact;
use detector::{Detector, Part};
use detectors::{A_PASSWORD, SECRET_HEADER, SECRET_NAME, TABLE, TOKEN_NAME};
pub(super) use encoded::decoded;
use families::{FAMILIES, public_part};
use judges::{changes, is_real};

/// Something that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suspicion {
    pub rule: Rule,
    /// The thing that it looks like, with its article.
    pub what: &'static str,
    /// The value as it may be shown.
    pub example: String,
}

/// Everything suspicious in a text, as it is and percent-decoded: every secret, and of the other rules the first.
pub(super) fn suspicions(text: &str) -> Vec<Suspicion> {
    let mut found = suspicions_as_written(text);
    for further in decoded(text).iter().flat_map(|decoded| suspicions_as_written(decoded)) {
        let is_known = |known: &Suspicion| match further.rule {
            Rule::Secret => *known == further,
            rule => known.rule == rule,
        };
        if !found.iter().any(is_known) {
            found.push(further);
        }
    }
    found
}

fn suspicions_as_written(text: &str) -> Vec<Suspicion> {
    // The shortest that any detector finds has more bytes than this.
    const HARMLESS: usize = 5;
    if text.len() <= HARMLESS {
        return Vec::new();
    }
    let mut found: Vec<Suspicion> = Vec::new();
    let mut secrets: Vec<Range<usize>> = Vec::new();
    for index in AUTOMATON.matches(text.as_bytes()) {
        let (detector, regex) = &DETECTORS[index];
        match detector.rule {
            Rule::Secret => find_secrets(text, detector, regex, &mut secrets, &mut found),
            rule if found.iter().any(|known| known.rule == rule) => {}
            _ => found.extend(
                parts(text, regex).find(|part| (detector.judge)(part)).map(|part| detector.suspicion(part.found)),
            ),
        }
    }
    if let Some(mail) = mails::mails(text).find(|mail| !secrets.iter().any(|secret| overlap(mail, secret))) {
        let example = redact::shape(&text[mail]);
        found.push(Suspicion { rule: Rule::Email, what: "an e-mail address", example });
    }
    // What has a name needs no second one.
    if secrets.is_empty() {
        found.extend(random_text(text));
    }
    found.sort_by_key(|suspicion| suspicion.rule);
    found
}

/// Every secret that a detector finds where no detector before it has found one.
fn find_secrets(
    text: &str,
    detector: &Detector,
    regex: &Regex,
    secrets: &mut Vec<Range<usize>>,
    found: &mut Vec<Suspicion>,
) {
    const MOST: usize = 64;
    for part in parts(text, regex).filter(|part| (detector.judge)(part)) {
        let range = part.before.len()..part.before.len() + part.found.len();
        if secrets.len() < MOST && !secrets.iter().any(|known| overlap(known, &range)) {
            secrets.push(range);
            found.push(detector.suspicion(part.found));
        }
    }
}

impl Detector {
    pub fn suspicion(&self, found: &str) -> Suspicion {
        let example = match self.rule {
            Rule::Secret => redact::secret(public_part(found), found),
            _ => redact::shape(found),
        };
        Suspicion { rule: self.rule, what: self.what, example }
    }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Gives the parts of a text that a pattern finds: its group 1, where it has one.
fn parts<'t>(text: &'t str, regex: &'t Regex) -> impl Iterator<Item = Part<'t>> {
    let captures = regex.captures_iter(text.as_bytes());
    let ranges = captures.filter_map(|captures| captures.get(1).or(captures.get(0)).map(|part| part.range()));
    ranges.filter_map(|range| Part::of(text, range))
}

/// A hash or a key in hexadecimal, for texts that should have none. Elsewhere they are too common to say. What has a name
/// needs no second one, and a `traceparent` is none.
pub(super) fn hexadecimal(text: &str) -> Option<Suspicion> {
    static TRACE: LazyLock<Regex> = LazyLock::new(|| regex("^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"));
    let is_named = || suspicions(text).iter().any(|suspicion| suspicion.rule == Rule::Secret);
    if text.len() < 32 || TRACE.is_match(text.as_bytes()) || is_named() {
        return None;
    }
    let runs = text.split(|character: char| !character.is_ascii_alphanumeric());
    let is_one = |run: &&str| run.len() >= 32 && run.bytes().all(|byte| byte.is_ascii_hexdigit()) && changes(run) > 8;
    let example = redact::secret("", runs.into_iter().find(is_one)?);
    Some(Suspicion { rule: Rule::RandomText, what: "a long hexadecimal text", example })
}

/// Finds a secret by the name of its member, when it holds a text such as `value`.
pub(super) fn named_secret(name: &str, value: &str) -> Option<Suspicion> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| regex(SECRET_NAME));
    static HEADER: LazyLock<Regex> = LazyLock::new(|| regex(SECRET_HEADER));
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| regex(TOKEN_NAME));
    let is_header = HEADER.is_match(name.replace('_', "-").as_bytes());
    let is_word = value.len() >= 4 && !value.contains(char::is_whitespace) && is_real(value);
    let is_one = match is_header {
        true => value.len() >= 4 && is_real(without_scheme(value)),
        false if TOKEN.is_match(name.as_bytes()) => is_word && value.len() >= 20 && changes(value) >= 4,
        false => is_word && NAME.is_match(name.as_bytes()),
    };
    let what = if is_header { "the value of a header that opens doors" } else { A_PASSWORD };
    is_one.then(|| Suspicion { rule: Rule::Secret, what, example: redact::secret("", value) })
}

/// `Bearer abc` without its first word.
fn without_scheme(value: &str) -> &str {
    value.trim().split_once(' ').map_or(value, |(_, rest)| rest)
}

static AUTOMATON: LazyLock<RegexSet> = LazyLock::new(|| {
    let patterns = detectors().map(|detector| detector.pattern);
    RegexSetBuilder::new(patterns).unicode(false).build().expect("the patterns of the table compile")
});

static DETECTORS: LazyLock<Vec<(&'static Detector, Regex)>> =
    LazyLock::new(|| detectors().map(|detector| (detector, regex(detector.pattern))).collect());

fn detectors() -> impl Iterator<Item = &'static Detector> {
    FAMILIES.iter().chain(TABLE)
}

fn regex(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().expect("a pattern of the table compiles")
}

/// A run of letters and digits that changes its kind so often that nobody wrote it: upper case, lower case and digits
/// in no order. Hashes and UUIDs have one case and are none; neither are names in camel case.
fn random_text(text: &str) -> Option<Suspicion> {
    static RUNS: LazyLock<Regex> = LazyLock::new(|| regex("[0-9A-Za-z]{24,}"));
    let run = |found: Match<'_>| Part::of(text, found.range());
    let is_one = |run: &Part<'_>| {
        run.found.len() <= 128 && is_random(run.found) && !is_in_address(run.before) && !is_public_id(run.before)
    };
    let run = RUNS.find_iter(text.as_bytes()).filter_map(run).find(is_one)?;
    let example = redact::secret("", run.found);
    Some(Suspicion { rule: Rule::RandomText, what: "a long random text", example })
}

/// Services name their requests and messages by a word and a random text: `req_…`, `chatcmpl-…`.
fn is_public_id(before: &str) -> bool {
    const WORDS: [&str; 32] = [
        "req", "request", "msg", "message", "toolu", "chatcmpl", "cmpl", "resp", "response", "call", "run", "evt",
        "event", "asst", "thread", "file", "org", "conv", "sess", "session", "trace", "span", "batch", "job", "task",
        "item", "step", "user", "acct", "proj", "gen", "srvtoolu",
    ];
    let word =
        before.strip_suffix(['_', '-']).map(|before| before.rsplit(|letter: char| !letter.is_alphanumeric()).next());
    word.flatten().is_some_and(|word| WORDS.contains(&word))
}

fn is_random(run: &str) -> bool {
    let count = |is_one: fn(&u8) -> bool| run.bytes().filter(is_one).count();
    let has_all =
        count(u8::is_ascii_digit) >= 2 && count(u8::is_ascii_lowercase) >= 4 && count(u8::is_ascii_uppercase) >= 4;
    has_all && changes(run) * 10 >= run.len() * 4
}

/// Documents and videos have random names in their addresses.
fn is_in_address(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains("://") || word.contains(";base64,")
}

#[cfg(test)]
mod tests;
