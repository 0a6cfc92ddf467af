//! A text of a body that looks like a secret.

use crate::index::Index;
use crate::model::{Located, TemplateModel};
use crate::{Check, Finding, Place, Severity};

/// Found by [`check_secret_literal`].
pub const CHECK: Check = Check {
    code: "W0602",
    severity: Severity::Warning,
    waivable: true,
    title: "secret in a body",
    what: "A text of a body looks like a secret: by its key, by how it starts, or because it is long and random.",
    why: "A catalogue and every program that is built from it are public. A key that may only send is fine there; say so.",
    wrong: "batch: {api_key: sk_live_4eC39HqLyjWDarjtT1zdp7dc, batch: $signals}\n",
    right: "allow: {W0602: it is the project's public key, which can only send}\n",
};

/// Looks at the texts of every template.
pub fn check_secret_literal(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, endpoint) in index.model.endpoints.iter() {
        for template in [&endpoint.body, &endpoint.batch].into_iter().flatten() {
            look(template, "", name.place, findings);
        }
    }
}

fn look(template: &Located<TemplateModel>, key: &str, endpoint: Place, findings: &mut Vec<Finding>) {
    match &template.value {
        TemplateModel::Text(text) if is_secret(key, text) => findings.push(
            CHECK
                .at(template.place, "this looks like a secret, and a catalogue is public")
                .help("take it out; if it is a public key that can only send, say so at the endpoint: `allow: {W0602: why}`")
                .about(endpoint),
        ),
        TemplateModel::List(items) => items.iter().for_each(|item| look(item, key, endpoint, findings)),
        TemplateModel::Map(members) => {
            members.iter().for_each(|(key, value)| look(value, &key.value, endpoint, findings));
        }
        _ => {}
    }
}

fn is_secret(key: &str, text: &str) -> bool {
    const PUBLISHED: [&str; 3] = ["phc_", "pk_", "pub_"];
    const SECRETS: [&str; 11] =
        ["sk_", "sk-", "phx_", "ghp_", "gho_", "github_pat_", "xox", "AKIA", "Bearer ", "Basic ", "-----BEGIN"];
    const KEYS: [&str; 6] = ["secret", "password", "passwd", "private_key", "authorization", "access_token"];
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| text.starts_with(prefix));
    if text.starts_with('$') && !text.starts_with("$$") || starts(&PUBLISHED) {
        return false;
    }
    let key = key.to_ascii_lowercase().replace('-', "_");
    starts(&SECRETS) || KEYS.iter().any(|secret| key.contains(secret)) || is_random(text)
}

/// Long, without spaces, of letters and digits in turn.
fn is_random(text: &str) -> bool {
    let is_token = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-+/=".contains(&byte));
    let turns = text.as_bytes().windows(2).filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit()).count();
    text.len() >= 24 && is_token && turns >= 5
}
