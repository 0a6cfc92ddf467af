//! Texts that look like what they should not be: secrets, personal data, printed objects.
//!
//! A detector is a regular expression and, where a pattern alone would cry wolf, a judge. All of them together are one
//! automaton, so a text without anything is read once.

use std::sync::LazyLock;

use regex::bytes::{Match, Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use crate::audit::Rule;
use crate::audit::redact;

/// Something that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suspicion {
    pub rule: Rule,
    /// What it looks like, with its article.
    pub what: &'static str,
    /// The value as it may be shown.
    pub example: String,
}

/// Everything suspicious in a text, each rule once: the first detector in the table says what it is.
pub(super) fn suspicions(text: &str) -> Vec<Suspicion> {
    // The shortest that any detector finds has more bytes than this.
    const HARMLESS: usize = 5;
    if text.len() <= HARMLESS {
        return Vec::new();
    }
    let mut found: Vec<Suspicion> = Vec::new();
    for index in AUTOMATON.matches(text.as_bytes()) {
        let (detector, regex) = &DETECTORS[index];
        if found.iter().any(|known| known.rule == detector.rule) {
            continue;
        }
        let ranges = regex
            .captures_iter(text.as_bytes())
            .filter_map(|captures| captures.get(1).or(captures.get(0)).map(|part| part.range()));
        let mut parts = ranges.filter_map(|range| Part::of(text, range));
        if let Some(part) = parts.find(|part| (detector.judge)(part)) {
            found.push(detector.suspicion(part.found));
        }
    }
    // What has a name needs no second one.
    if !found.iter().any(|known| known.rule == Rule::Secret) {
        found.extend(random_text(text));
    }
    found
}

/// Whether a member of this name holds a secret, when it holds a text such as `value`.
pub(super) fn named_secret(name: &str, value: &str) -> Option<Suspicion> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| regex(&format!("(?i)(?:{SECRET_NAMES})$")));
    let is_one =
        value.len() >= 4 && is_real(value) && !value.contains(char::is_whitespace) && NAME.is_match(name.as_bytes());
    is_one.then(|| Suspicion { rule: Rule::Secret, what: A_PASSWORD, example: redact::secret("", value) })
}

/// What a detector looks for, and what it calls it.
struct Detector {
    rule: Rule,
    what: &'static str,
    /// Group 1, where there is one, is the part that matters.
    pattern: &'static str,
    /// Whether it is one. Says no to what only looks alike.
    judge: fn(&Part<'_>) -> bool,
}

/// The part of a text that a pattern found, and what stands around it.
struct Part<'t> {
    before: &'t str,
    found: &'t str,
    after: &'t str,
}

impl<'t> Part<'t> {
    /// `None` where bytes were found in the middle of a character.
    fn of(text: &'t str, range: std::ops::Range<usize>) -> Option<Self> {
        Some(Part { before: text.get(..range.start)?, found: text.get(range.clone())?, after: text.get(range.end..)? })
    }
}

impl Detector {
    fn suspicion(&self, found: &str) -> Suspicion {
        let example = match self.rule {
            Rule::Secret => redact::secret(public_part(found), found),
            _ => redact::shape(found),
        };
        Suspicion { rule: self.rule, what: self.what, example }
    }
}

/// The beginning of a token that all of its kind share: `ghp_`, `sk-`, `AKIA`.
fn public_part(token: &str) -> &str {
    const PUBLIC: [&str; 24] = [
        "sk-ant-",
        "sk-proj-",
        "sk-",
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "rk_test_",
        "github_pat_",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "glpat-",
        "AKIA",
        "ASIA",
        "AIza",
        "ya29.",
        "hf_",
        "npm_",
        "pypi-",
        "xox",
        "SG.",
        "eyJ",
    ];
    PUBLIC.into_iter().find(|public| token.starts_with(public)).unwrap_or_default()
}

const A_PASSWORD: &str = "a password or key by its name";

/// Names under which secrets travel.
const SECRET_NAMES: &str = "api[_-]?key|apikey|passw(?:or)?d|passphrase|client[_-]?secret|secret[_-]?key|secret|\
     (?:access|auth|refresh|bearer|api)[_-]?token|private[_-]?key|credentials?";

/// A token does not start in the middle of a word.
macro_rules! token {
    ($pattern:literal) => {
        concat!("(?:^|[^0-9A-Za-z_-])(", $pattern, ")")
    };
}

#[rustfmt::skip]
const TABLE: &[Detector] = &[
    Detector { rule: Rule::Secret, what: "an API key (`sk-…`)", pattern: token!("sk-[0-9A-Za-z_-]{12,}"), judge: is_sk_key },
    Detector { rule: Rule::Secret, what: "a Stripe key", pattern: token!("[sr]k_(?:live|test)_[0-9A-Za-z]{10,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a GitHub token", pattern: token!("gh[oprsu]_[0-9A-Za-z]{20,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a GitHub token", pattern: token!("github_pat_[0-9A-Za-z_]{20,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a GitLab token", pattern: token!("glpat-[0-9A-Za-z_-]{16,}"), judge: any },
    Detector { rule: Rule::Secret, what: "an AWS key", pattern: token!("(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[0-9A-Z]{16}\\b"), judge: has_digit },
    Detector { rule: Rule::Secret, what: "a Google key", pattern: token!("AIza[0-9A-Za-z_-]{30,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a Google token", pattern: token!("ya29[.][0-9A-Za-z_-]{20,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a Hugging Face token", pattern: token!("hf_[0-9A-Za-z]{24,}"), judge: any },
    Detector { rule: Rule::Secret, what: "an npm token", pattern: token!("npm_[0-9A-Za-z]{30,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a PyPI token", pattern: token!("pypi-[0-9A-Za-z_-]{40,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a Slack token", pattern: token!("xox[abceoprs](?:[.]xox[a-z])?-[0-9A-Za-z-]{10,}"), judge: has_digit },
    Detector { rule: Rule::Secret, what: "a Slack address that takes messages", pattern: "hooks[.]slack[.]com/(?:services|workflows)/[0-9A-Za-z/]{16,}", judge: any },
    Detector { rule: Rule::Secret, what: "a SendGrid key", pattern: token!("SG[.][0-9A-Za-z_-]{16,}[.][0-9A-Za-z_-]{16,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a key of a service (`gsk_`, `xai-`, `pplx-`, `tvly-`, `lsv2_`, `dop_v1_`, `shpat_`)", pattern: token!("(?:gsk_|xai-|pplx-|tvly-(?:dev-)?|lsv2_(?:pt|sk)_|dop_v1_|shpat_|AC|SK)[0-9A-Za-z_]{20,}"), judge: is_service_key },
    Detector { rule: Rule::Secret, what: "a JSON Web Token", pattern: token!("eyJ[0-9A-Za-z_-]{8,}[.]eyJ[0-9A-Za-z_-]{8,}"), judge: any },
    Detector { rule: Rule::Secret, what: "a private key (PEM)", pattern: "-----BEGIN (?:[0-9A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----", judge: any },
    Detector { rule: Rule::Secret, what: "a bearer token", pattern: "(?i)\\bbearer\\s+([0-9A-Za-z._~+/-]{16,}=*)", judge: has_digit },
    Detector { rule: Rule::Secret, what: "a basic authorization", pattern: "(?i)authorization['\"]?\\s*[:=]\\s*['\"]?basic\\s+([0-9A-Za-z+/]{8,}=*)", judge: any },
    Detector { rule: Rule::Secret, what: "an address with a password in it", pattern: "[A-Za-z][0-9A-Za-z+.-]*://[^\\s/?#:@'\"]*:([^\\s/?#@'\"]+)@", judge: is_password },
    Detector { rule: Rule::Secret, what: "an address with a key in it", pattern: "(?i)[?&](?:api[_-]?key|access[_-]?token|auth[_-]?token|token|key|secret|sig|signature|password|x-amz-signature)=([^&\\s'\"#]{8,})", judge: is_mixed },
    Detector { rule: Rule::Secret, what: A_PASSWORD, pattern: concat!("(?i)(?:api[_-]?key|apikey|passw(?:or)?d|client[_-]?secret|secret[_-]?key|(?:access|auth|refresh)[_-]?token|private[_-]?key)['\"]?\\s*[:=]\\s*['\"]([^'\"]{4,})['\"]"), judge: is_quoted_secret },
    Detector { rule: Rule::Secret, what: A_PASSWORD, pattern: concat!("(?i)(?:api[_-]?key|apikey|passw(?:or)?d|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|(?:access|auth|refresh)[_-]?token|private[_-]?key)\\s*[:=]\\s*([^\\s'\",;(){}]{8,})"), judge: is_mixed },
    Detector { rule: Rule::Email, what: "an e-mail address", pattern: "(?:^|[^0-9A-Za-z._%+-])([0-9A-Za-z][0-9A-Za-z._%+-]{0,63}@(?:[0-9A-Za-z-]+[.])+[A-Za-z]{2,24})\\b", judge: is_email },
    Detector { rule: Rule::HomePath, what: "a path in somebody's home", pattern: "(?:^|[^0-9A-Za-z._~%-])(?:/mnt/[a-z])?(/(?:home|Users)/[^\\s/\"'`:,;<>|)\\]}]+)", judge: is_home },
    Detector { rule: Rule::HomePath, what: "a path in somebody's home", pattern: "(?i)\\b([a-z]:[\\\\/]{1,2}Users[\\\\/]{1,2}[^\\s\\\\/\"'`:,;<>|]+)", judge: is_home },
    Detector { rule: Rule::PrivateAddress, what: "an address in a private network", pattern: "(?:^|[^0-9A-Za-z.-])((?:10[.][0-9]{1,3}|192[.]168|172[.](?:1[6-9]|2[0-9]|3[01]))[.][0-9]{1,3}[.][0-9]{1,3})(?:$|[^0-9A-Za-z.-])", judge: is_address },
    Detector { rule: Rule::PrivateAddress, what: "a host in a private network", pattern: "://(?:[^\\s/@]*@)?([0-9A-Za-z.-]+[.](?:internal|intranet|corp|lan|local|localdomain))(?:[:/\\s\"']|$)", judge: any },
    Detector { rule: Rule::ObjectDump, what: "a printed object of Python", pattern: "<[^<>]{1,200} at 0x[0-9A-Fa-f]{4,}>", judge: any },
    Detector { rule: Rule::ObjectDump, what: "a printed object", pattern: "\\b([A-Z][0-9A-Za-z_]*\\(\\s*[A-Za-z_][0-9A-Za-z_]*=(?:['\"\\[{(<]|[0-9-]|None|True|False|[A-Z][0-9A-Za-z_.]*[(.]).*)", judge: any },
    Detector { rule: Rule::ObjectDump, what: "the printed fields of an object", pattern: "(?:^|[\\s,(])([A-Za-z_][0-9A-Za-z_]*=(?:'[^']*'|\"[^\"]*\"|None|True|False|[0-9.]+),?\\s+[A-Za-z_][0-9A-Za-z_]*=(?:'[^']*'|\"[^\"]*\"|None|True|False|[0-9.]+),?\\s+[A-Za-z_][0-9A-Za-z_]*=)", judge: any },
    Detector { rule: Rule::ObjectDump, what: "a printed dictionary of Python", pattern: "\\{'[^']{1,100}': ?(?:['\\[{(]|[0-9-]|None|True|False|<)", judge: any },
    Detector { rule: Rule::ObjectDump, what: "a printed object of Rust", pattern: "\\b([A-Z][0-9A-Za-z_]* \\{ [a-z_][0-9a-z_]*: .*)", judge: any },
    Detector { rule: Rule::ObjectDump, what: "a printed object of JavaScript", pattern: "\\[object [A-Z][A-Za-z]+\\]", judge: any },
    Detector { rule: Rule::ObjectDump, what: "a printed object of Java", pattern: "\\b((?:[a-z_][0-9A-Za-z_]*[.])+[A-Z][0-9A-Za-z_$]*@[0-9a-f]{4,8})\\b", judge: any },
    Detector { rule: Rule::ObjectDump, what: "a printed object of Go", pattern: "(?:^|\\s)(&?(?:map\\[[^\\]\\s]*:|\\{[A-Z][0-9A-Za-z_]*:)\\S.*)", judge: any },
];

static AUTOMATON: LazyLock<RegexSet> = LazyLock::new(|| {
    let patterns = TABLE.iter().map(|detector| detector.pattern);
    RegexSetBuilder::new(patterns).unicode(false).build().expect("the patterns of the table compile")
});

static DETECTORS: LazyLock<Vec<(&'static Detector, Regex)>> =
    LazyLock::new(|| TABLE.iter().map(|detector| (detector, regex(detector.pattern))).collect());

fn regex(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().expect("a pattern of the table compiles")
}

fn any(_: &Part<'_>) -> bool {
    true
}

fn has_digit(part: &Part<'_>) -> bool {
    part.found.contains(|character: char| character.is_ascii_digit())
}

/// `sk-` is also how `sk-learn-…` and prose about keys begin: random parts have digits, or are one long run.
fn is_sk_key(part: &Part<'_>) -> bool {
    let longest = part.found.split(['-', '_']).map(str::len).max().unwrap_or_default();
    is_real(part.found) && (longest >= 20 || (has_digit(part) && longest >= 6))
}

/// Twilio's have no separator after their two letters, so all the rest has to be hexadecimal.
fn is_service_key(part: &Part<'_>) -> bool {
    match part.found.strip_prefix("AC").or(part.found.strip_prefix("SK")) {
        Some(rest) => rest.len() == 32 && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        None => has_digit(part),
    }
}

/// Neither empty nor what people write where a secret would stand.
fn is_real(value: &str) -> bool {
    const PLACEHOLDERS: [&str; 14] = [
        "none",
        "null",
        "nil",
        "undefined",
        "true",
        "false",
        "your",
        "example",
        "placeholder",
        "changeme",
        "redacted",
        "xxx",
        "secretstr(",
        "os.environ",
    ];
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let is_mask =
        value.chars().all(|character| matches!(character, '*' | '•' | '.' | '…' | 'x' | 'X' | '#' | '-' | '_'));
    let is_variable = value.starts_with(['$', '{', '<', '%', '[']);
    !value.is_empty() && !is_mask && !is_variable && !PLACEHOLDERS.iter().any(|word| is_placeholder(&lower, word))
}

/// `your-key`, `<your key>`, `sk-your-key-here`: the word stands at the start, or after a sign.
fn is_placeholder(value: &str, word: &str) -> bool {
    value.match_indices(word).any(|(at, _)| at == 0 || !value.as_bytes()[at - 1].is_ascii_alphanumeric())
}

/// Between `user:` and `@host`, however short.
fn is_password(part: &Part<'_>) -> bool {
    is_real(part.found)
}

/// In quotes behind `api_key=`: everything but a placeholder or a sentence.
fn is_quoted_secret(part: &Part<'_>) -> bool {
    is_real(part.found) && !part.found.contains(char::is_whitespace)
}

/// Without quotes it could be a word of a sentence: letters and digits at once.
fn is_mixed(part: &Part<'_>) -> bool {
    is_real(part.found) && has_digit(part) && part.found.contains(|character: char| character.is_ascii_alphabetic())
}

/// `react@18.2.0`, `model@us.anthropic`, `icon@2x.png`, `git@host:path` and the user of an address are none.
fn is_email(part: &Part<'_>) -> bool {
    const COMMON: &str = " com org net edu gov mil int info biz name pro app dev cloud tech online site xyz email mail \
         company agency consulting digital global group live shop store team work world test example invalid local ";
    let domain = part.found.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_common = domain.len() == 2 || COMMON.contains(&format!(" {domain} "));
    let is_remote = part.found.starts_with("git@") || part.after.starts_with(":/");
    let word = part.before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_user = word.rsplit_once("://").is_some_and(|(_, inside)| !inside.contains(['/', '?', '#']));
    is_common && !is_remote && !is_user
}

/// Not `/home/{user}`, `C:\Users\Public` or a home that stands for any.
fn is_home(part: &Part<'_>) -> bool {
    let name = part.found.rsplit(['/', '\\']).next().unwrap_or_default();
    !name.is_empty()
        && !name.starts_with(['$', '{', '<', '%', '*', '.'])
        && !["public", "shared", "default", "all"].contains(&name.to_ascii_lowercase().as_str())
}

fn is_address(part: &Part<'_>) -> bool {
    part.found.split('.').all(|part| part.parse::<u8>().is_ok())
}

/// A run of letters and digits that changes its kind so often that nobody wrote it: upper case, lower case and digits
/// in no order. Hashes and UUIDs have one case and are none; neither are names in camel case.
fn random_text(text: &str) -> Option<Suspicion> {
    static RUNS: LazyLock<Regex> = LazyLock::new(|| regex("[0-9A-Za-z]{24,}"));
    let run = |found: Match<'_>| Part::of(text, found.range());
    let is_one = |run: &Part<'_>| run.found.len() <= 128 && is_random(run.found) && !is_in_address(run.before);
    let run = RUNS.find_iter(text.as_bytes()).filter_map(run).find(is_one)?;
    let example = redact::secret("", run.found);
    Some(Suspicion { rule: Rule::RandomText, what: "a long random text", example })
}

fn is_random(run: &str) -> bool {
    let kind = |byte: &u8| if byte.is_ascii_digit() { 0 } else { 1 + usize::from(byte.is_ascii_uppercase()) };
    let kinds: Vec<usize> = run.as_bytes().iter().map(kind).collect();
    let count = |kind| kinds.iter().filter(|own| **own == kind).count();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    count(0) >= 2 && count(1) >= 4 && count(2) >= 4 && changes * 10 >= run.len() * 4
}

/// Documents and videos have random names in their addresses.
fn is_in_address(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains("://") || word.contains(";base64,")
}

#[cfg(test)]
mod tests;
