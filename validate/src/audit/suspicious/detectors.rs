//! What suspicious texts look like, kind by kind.

use crate::audit::Rule;
use crate::audit::redact;
use crate::audit::suspicious::Suspicion;

/// What a detector looks for, and what it calls it.
pub(super) struct Detector {
    pub rule: Rule,
    pub what: &'static str,
    /// Group 1, where there is one, is the part that matters.
    pub pattern: &'static str,
    /// Whether it is one. Says no to what only looks alike.
    pub judge: fn(&Part<'_>) -> bool,
}

/// The part of a text that a pattern found, and what stands around it.
pub(super) struct Part<'t> {
    pub before: &'t str,
    pub found: &'t str,
    pub after: &'t str,
}

impl<'t> Part<'t> {
    /// `None` where bytes were found in the middle of a character.
    pub fn of(text: &'t str, range: std::ops::Range<usize>) -> Option<Self> {
        Some(Part { before: text.get(..range.start)?, found: text.get(range.clone())?, after: text.get(range.end..)? })
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

pub(super) const A_PASSWORD: &str = "a password or key by its name";

/// Names under which secrets travel.
macro_rules! secret_names {
    () => {
        "(?:api[_-]?key|passw(?:or)?d|passphrase|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|\
         (?:access|auth|refresh|bearer|api)[_-]?token|private[_-]?key)"
    };
}

/// What the name of a member ends with when its value is a secret.
pub(super) const SECRET_NAME: &str = concat!("(?i)(?:", secret_names!(), "|secret|credentials?)$");

/// A token does not start in the middle of a word.
macro_rules! token {
    ($pattern:literal) => {
        concat!("(?:^|[^0-9A-Za-z_-])(", $pattern, ")")
    };
}

/// The detectors. Of those of one rule, the first that finds something gives it its name.
#[rustfmt::skip]
pub(super) const TABLE: &[Detector] = &[
    secret("an API key (`sk-…`)", token!("sk-[0-9A-Za-z_-]{12,}"), is_sk_key),
    secret("a Stripe key", token!("[sr]k_(?:live|test)_[0-9A-Za-z]{10,}"), any),
    secret("a GitHub token", token!("gh[oprsu]_[0-9A-Za-z]{20,}"), any),
    secret("a GitHub token", token!("github_pat_[0-9A-Za-z_]{20,}"), any),
    secret("a GitLab token", token!("glpat-[0-9A-Za-z_-]{16,}"), any),
    secret("an AWS key", token!("(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[0-9A-Z]{16}\\b"), has_digit),
    secret("an AWS secret key", "(?:^|[^0-9A-Za-z+/])([0-9A-Za-z+]+[/+][0-9A-Za-z+/]+)(?:$|[^0-9A-Za-z+/=])", is_aws_secret),
    secret("a Google key", token!("AIza[0-9A-Za-z_-]{30,}"), any),
    secret("a Google token", token!("ya29[.][0-9A-Za-z_-]{20,}"), any),
    secret("a Hugging Face token", token!("hf_[0-9A-Za-z]{24,}"), any),
    secret("an npm token", token!("npm_[0-9A-Za-z]{30,}"), any),
    secret("a PyPI token", token!("pypi-[0-9A-Za-z_-]{40,}"), any),
    secret("a Slack token", token!("xox[abceoprs](?:[.]xox[a-z])?-[0-9A-Za-z-]{10,}"), has_digit),
    secret("a Slack address that takes messages", "hooks[.]slack[.]com/(?:services|workflows)/[0-9A-Za-z/]{16,}", any),
    secret("a SendGrid key", token!("SG[.][0-9A-Za-z_-]{16,}[.][0-9A-Za-z_-]{16,}"), any),
    secret("a key of a service (`gsk_`, `xai-`, `pplx-`, `tvly-`, `lsv2_`, `dop_v1_`, `shpat_`)", token!("(?:gsk_|xai-|pplx-|tvly-(?:dev-)?|lsv2_(?:pt|sk)_|dop_v1_|shpat_|AC|SK)[0-9A-Za-z_]{20,}"), is_service_key),
    secret("a JSON Web Token", token!("eyJ[0-9A-Za-z_-]{8,}[.]eyJ[0-9A-Za-z_-]{8,}"), any),
    secret("a private key (PEM)", "-----BEGIN (?:[0-9A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----", any),
    secret("a bearer token", "(?i)\\bbearer\\s+([0-9A-Za-z._~+/-]{16,}=*)", has_digit),
    secret("a basic authorization", "(?i)authorization['\"]?\\s*[:=]\\s*['\"]?basic\\s+([0-9A-Za-z+/]{8,}=*)", any),
    secret("an address with a password in it", "[A-Za-z][0-9A-Za-z+.-]*://[^\\s/?#:@'\"]*:([^\\s/?#@'\"]+)@", is_password),
    secret("an address with a key in it", "(?i)[?&](?:api[_-]?key|access[_-]?token|auth[_-]?token|token|key|secret|sig|signature|password|x-amz-signature)=([^&\\s'\"#]{8,})", is_mixed),
    secret(A_PASSWORD, concat!("(?i)", secret_names!(), "['\"]?\\s*[:=]\\s*['\"]([^'\"]{4,})['\"]"), is_quoted_secret),
    secret(A_PASSWORD, concat!("(?i)", secret_names!(), "\\s*[:=]\\s*([^\\s'\",;(){}]{8,})"), is_mixed),
    detector(Rule::Email, "an e-mail address", "(?:^|[^0-9A-Za-z._%+-])([0-9A-Za-z][0-9A-Za-z._%+-]{0,63}@(?:[0-9A-Za-z-]+[.])+[A-Za-z]{2,24})\\b", is_email),
    detector(Rule::HomePath, "a path in somebody's home", "(?:^|[^0-9A-Za-z._~%-])(?:/mnt/[a-z])?(/(?:home|Users)/[^\\s/\"'`:,;<>|)\\]}]+)", is_home),
    detector(Rule::HomePath, "a path in somebody's home", "(?i)\\b([a-z]:[\\\\/]{1,2}Users[\\\\/]{1,2}[^\\s\\\\/\"'`:,;<>|]+)", is_home),
    detector(Rule::PrivateAddress, "an address in a private network", "(?:^|[^0-9A-Za-z.-])((?:10[.][0-9]{1,3}|192[.]168|172[.](?:1[6-9]|2[0-9]|3[01]))[.][0-9]{1,3}[.][0-9]{1,3})(?:$|[^0-9A-Za-z.-])", is_address),
    detector(Rule::PrivateAddress, "a host in a private network", "://(?:[^\\s/@]*@)?([0-9A-Za-z.-]+[.](?:internal|intranet|corp|lan|local|localdomain))(?:[:/\\s\"']|$)", any),
    detector(Rule::ObjectDump, "a printed object of Python", "<[^<>]{1,200} at 0x[0-9A-Fa-f]+>", any),
    detector(Rule::ObjectDump, "a printed object", "\\b([A-Z][0-9A-Za-z_]*\\(\\s*[A-Za-z_][0-9A-Za-z_]*=(?:['\"\\[{(<]|[0-9-]|None|True|False|[A-Z][0-9A-Za-z_.]*[(.]).*)", any),
    detector(Rule::ObjectDump, "the printed fields of an object", "(?:^|[\\s,(])([A-Za-z_][0-9A-Za-z_]*=(?:'[^']*'|\"[^\"]*\"|None|True|False|[0-9.]+),?\\s+[A-Za-z_][0-9A-Za-z_]*=(?:'[^']*'|\"[^\"]*\"|None|True|False|[0-9.]+),?\\s+[A-Za-z_][0-9A-Za-z_]*=)", any),
    detector(Rule::ObjectDump, "a printed dictionary of Python", "\\{'[^']{1,100}': ?(?:['\\[{(]|[0-9-]|None|True|False|<)", any),
    detector(Rule::ObjectDump, "a printed object of Rust", "\\b([A-Z][0-9A-Za-z_]* \\{ [a-z_][0-9a-z_]*: .*)", any),
    detector(Rule::ObjectDump, "a printed object of JavaScript", "\\[object [A-Z][A-Za-z]+\\]", any),
    detector(Rule::ObjectDump, "a printed object of Java", "\\b((?:[a-z_][0-9A-Za-z_]*[.])+[A-Z][0-9A-Za-z_$]*@[0-9a-f]{4,8})\\b", any),
    detector(Rule::ObjectDump, "a printed object of Go", "(?:^|\\s)(&?(?:map\\[[^\\]\\s]*:|\\{[A-Z][0-9A-Za-z_]*:)\\S.*)", any),
];

const fn detector(rule: Rule, what: &'static str, pattern: &'static str, judge: fn(&Part<'_>) -> bool) -> Detector {
    Detector { rule, what, pattern, judge }
}

const fn secret(what: &'static str, pattern: &'static str, judge: fn(&Part<'_>) -> bool) -> Detector {
    detector(Rule::Secret, what, pattern, judge)
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

/// Forty letters, digits and signs without a word in them: a path has words.
fn is_aws_secret(part: &Part<'_>) -> bool {
    let words = part.found.split(|character: char| !character.is_ascii_lowercase()).filter(|run| run.len() >= 4);
    let has_lower = part.found.contains(|character: char| character.is_ascii_lowercase());
    part.found.len() == 40 && has_lower && has_digit(part) && words.map(str::len).sum::<usize>() * 4 <= part.found.len()
}

/// How often a text goes from one kind of character to another: upper case, lower case, digits, the rest.
pub(super) fn changes(text: &str) -> usize {
    let kind = |byte: &u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    text.as_bytes().windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count()
}

/// Twilio's have no separator after their two letters, so all the rest has to be hexadecimal.
fn is_service_key(part: &Part<'_>) -> bool {
    match part.found.strip_prefix("AC").or(part.found.strip_prefix("SK")) {
        Some(rest) => rest.len() == 32 && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        None => has_digit(part),
    }
}

/// Neither empty nor what people write where a secret would stand.
pub(super) fn is_real(value: &str) -> bool {
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

/// Not a placeholder for the user, `C:\Users\Public` or a home that stands for any.
fn is_home(part: &Part<'_>) -> bool {
    let name = part.found.rsplit(['/', '\\']).next().unwrap_or_default();
    !name.is_empty()
        && !name.starts_with(['$', '{', '<', '%', '*', '.'])
        && !["public", "shared", "default", "all"].contains(&name.to_ascii_lowercase().as_str())
}

fn is_address(part: &Part<'_>) -> bool {
    part.found.split('.').all(|part| part.parse::<u8>().is_ok())
}
