//! Judges: whether what a pattern found is one, or only looks alike.

use crate::audit::suspicious::detector::Part;

pub(super) fn any(_: &Part<'_>) -> bool {
    true
}

pub(super) fn has_digit(part: &Part<'_>) -> bool {
    part.found.contains(|character: char| character.is_ascii_digit())
}

fn has_letter(part: &Part<'_>) -> bool {
    part.found.contains(|character: char| character.is_ascii_alphabetic())
}

/// A token has digits, and is not one of documentation.
pub(super) fn is_token(part: &Part<'_>) -> bool {
    has_digit(part) && is_real(part.found)
}

/// `sk-` is also how `sk-learn-…`, classes such as `sk-cube__item-2` and prose about keys begin: random parts have
/// digits, or are one long run.
pub(super) fn is_sk_key(part: &Part<'_>) -> bool {
    let longest = part.found.split(['-', '_']).map(str::len).max().unwrap_or_default();
    let is_class = part.found.contains("__") && longest < 20;
    is_real(part.found) && !is_class && (longest >= 20 || (has_digit(part) && longest >= 6))
}

/// Twilio's have no separator after their two letters; a text of one digit only is a placeholder.
pub(super) fn is_twilio_key(part: &Part<'_>) -> bool {
    has_letter(&Part { found: &part.found[2..], ..*part }) && has_digit(part)
}

/// Forty letters, digits and signs without a word in them: a path has words.
pub(super) fn is_aws_secret(part: &Part<'_>) -> bool {
    let words = part.found.split(|character: char| !character.is_ascii_lowercase()).filter(|run| run.len() >= 4);
    let has_lower = part.found.contains(|character: char| character.is_ascii_lowercase());
    part.found.len() == 40 && has_lower && has_digit(part) && words.map(str::len).sum::<usize>() * 4 <= part.found.len()
}

/// Counts how often a text goes from one kind of character to another: upper case, lower case, digits, the rest.
pub(super) fn changes(text: &str) -> usize {
    let kind = |byte: &u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    text.as_bytes().windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count()
}

/// Neither empty, nor what people write where a secret would stand, nor the name of the place where it is kept.
pub(super) fn is_real(value: &str) -> bool {
    const PLACEHOLDERS: [&str; 16] = [
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
        "masked",
        "hidden",
        "todo",
    ];
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let is_mask =
        value.chars().all(|character| matches!(character, '*' | '•' | '.' | '…' | 'x' | 'X' | '#' | '-' | '_'));
    !value.is_empty()
        && !is_mask
        && !lower.ends_with("example")
        && !value.contains("***")
        && !is_reference(value, &lower)
        && !PLACEHOLDERS.iter().any(|word| is_placeholder(&lower, word))
}

/// `your-key`, `<your key>`, `sk-your-key-here`: the word stands at the start, or after a sign, and is no part of another.
fn is_placeholder(value: &str, word: &str) -> bool {
    let is_edge = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_lowercase());
    value.match_indices(word).any(|(at, _)| {
        let starts = at == 0 || !value.as_bytes()[at - 1].is_ascii_alphanumeric();
        starts && (matches!(word, "xxx" | "your" | "secretstr(") || is_edge(value.as_bytes().get(at + word.len())))
    })
}

/// The beginnings of references to places where secrets are kept.
const PLACES: [&str; 44] = [
    "op://",
    "vault:",
    "vault://",
    "vault/",
    "bao:",
    "arn:",
    "ref+",
    "ref:",
    "secretref:",
    "secretsmanager:",
    "awssm:",
    "aws-sm:",
    "awsssm:",
    "ssm:",
    "ssm/",
    "sm://",
    "gcpsm:",
    "gcp-sm:",
    "gsm:",
    "azurekv:",
    "azkv:",
    "akv:",
    "keyvault:",
    "@microsoft.keyvault(",
    "k8s:",
    "kms:",
    "sops:",
    "enc[",
    "doppler:",
    "infisical:",
    "bws:",
    "conjur:",
    "keyring:",
    "keychain:",
    "lpass:",
    "pass:",
    "env:",
    "env://",
    "env/",
    "file:",
    "cmd:",
    "exec:",
    "/run/secrets/",
    "/var/run/secrets/",
];

/// Objects of programs that hold settings.
const OBJECTS: [&str; 26] = [
    "process",
    "import",
    "os",
    "env",
    "environ",
    "secrets",
    "vars",
    "config",
    "settings",
    "self",
    "this",
    "args",
    "opts",
    "options",
    "params",
    "ctx",
    "context",
    "credentials",
    "creds",
    "data",
    "var",
    "local",
    "module",
    "deno",
    "bun",
    "system",
];

/// Returns true for a reference to a secret: in a vault, in the environment, in a variable of the program.
fn is_reference(value: &str, lower: &str) -> bool {
    const SIGNS: [char; 7] = ['$', '{', '<', '%', '[', '(', '!'];
    let object = lower.split(['.', '[']).next().unwrap_or_default();
    let is_member = object.len() < lower.len() && OBJECTS.contains(&object) && !lower.ends_with(['.', '[']);
    // `hashivault:…`, `gcp-secret://…`, and any address without a user: the place, not the secret.
    let scheme = lower.split(':').next().unwrap_or_default();
    let is_store = ["vault", "secret", "keychain", "keystore", "kms"].iter().any(|store| scheme.contains(store));
    let is_address = lower.contains("://") && !lower.contains('@');
    let is_stored = scheme.len() < lower.len() && (is_store || is_address);
    let is_call = lower.contains("getenv") || lower.contains("environ[") || lower.starts_with("projects/");
    value.starts_with(SIGNS)
        || PLACES.iter().any(|place| lower.starts_with(place))
        || is_member
        || is_call
        || is_stored
        || is_variable_name(value)
}

/// `OPENAI_API_KEY_2`: words in capitals with an underscore between them.
fn is_variable_name(value: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let has_word = |word: &str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    value.contains('_') && value.split('_').all(is_word) && value.split('_').any(has_word) && value.len() <= 40
}

/// Between `user:` and `@host`, however short.
pub(super) fn is_password(part: &Part<'_>) -> bool {
    is_real(part.found)
}

/// The user of an address without a password: a token, not a name.
pub(super) fn is_token_user(part: &Part<'_>) -> bool {
    let is_public = part.after.contains("ingest.sentry.io") || part.after.contains(".ingest.");
    part.found.len() >= 16
        && has_digit(part)
        && has_letter(part)
        && changes(part.found) >= 4
        && is_real(part.found)
        && !is_public
}

/// In quotes behind `api_key=`: everything but a placeholder or a sentence.
pub(super) fn is_quoted_secret(part: &Part<'_>) -> bool {
    is_real(part.found) && !part.found.contains(char::is_whitespace)
}

/// Without quotes it could be a word of a sentence: letters and digits at once.
pub(super) fn is_mixed(part: &Part<'_>) -> bool {
    is_real(part.found) && has_digit(part) && has_letter(part)
}

/// The same under a name that says little: letters and digits in no order, or many of them.
pub(super) fn is_mixed_up(part: &Part<'_>) -> bool {
    is_mixed(part) && (changes(part.found) >= 4 || part.found.len() >= 20)
}

/// Accounts of images, builds and machines, and names that stand for any.
const NOBODY: [&str; 34] = [
    "public",
    "shared",
    "default",
    "all",
    "all users",
    "default user",
    "runner",
    "runneradmin",
    "runner-admin",
    "containeradministrator",
    "containeruser",
    "circleci",
    "distiller",
    "travis",
    "vsts",
    "vsts_azpcontainer",
    "vssadministrator",
    "jenkins",
    "gitpod",
    "codespace",
    "vscode",
    "node",
    "jovyan",
    "coder",
    "nonroot",
    "appuser",
    "app",
    "sandbox",
    "linuxbrew",
    "ec2-user",
    "ubuntu",
    "username",
    "yourname",
    "your-name",
];

/// Not a placeholder for the user, `C:\Users\Public`, or an account that images and builds have.
pub(super) fn is_home(part: &Part<'_>) -> bool {
    let name = part.found.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.trim_end_matches('.');
    !name.is_empty()
        && !name.starts_with(['$', '{', '<', '%', '*', '.', ':', '['])
        && !NOBODY.contains(&name.to_ascii_lowercase().as_str())
}

/// Hosts that every machine with containers has, or that only say "this machine".
pub(super) fn is_private_host(part: &Part<'_>) -> bool {
    const ANYWHERE: [&str; 4] =
        [".docker.internal", "host.containers.internal", "metadata.google.internal", "localhost.localdomain"];
    let host = part.found.to_ascii_lowercase();
    !ANYWHERE.iter().any(|anywhere| host.ends_with(anywhere))
}
