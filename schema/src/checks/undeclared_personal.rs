//! A default attribute that sounds personal or secret, and says nothing about it itself.

use crate::index::{Index, innermost};
use crate::model::{AttributeModel, Personal, TypeModel};
use crate::names::words;
use crate::{Check, Finding, Severity};

/// Found by [`check_undeclared_personal`].
pub const CHECK: Check = Check {
    code: "W0304",
    severity: Severity::Warning,
    waivable: true,
    title: "sounds like personal data",
    what: "The name or the `brief` of a text that is collected by default has a word such as e-mail, path, prompt, key, \
           token, host or user, and the attribute itself has neither `personal` nor `identifier`. A row that says \
           `personal: none` does not speak for it. A number is meant only where it is the `id` of one.",
    why: "These are what telemetry is sorry for afterwards. One line says that somebody thought about this attribute, and \
          the table passes it on to people.",
    wrong: "attributes:\n  api_key: {row: usage, collected: default, type: string, max_length: 64, brief: key in use}\n",
    right: "attributes:\n  api_key: {row: usage, collected: default, type: {enum: [set, missing]}, brief: whether there is a key}\n",
};

/// Words for what is personal or secret, in the singular.
const WORDS: &[&str] = &[
    "account",
    "address",
    "apikey",
    "cookie",
    "credential",
    "directory",
    "email",
    "folder",
    "host",
    "hostname",
    "ip",
    "key",
    "login",
    "mail",
    "passphrase",
    "passwd",
    "password",
    "path",
    "phone",
    "prompt",
    "secret",
    "token",
    "user",
    "userid",
    "username",
];

/// Looks at the names and briefs of what is collected by default.
pub fn check_undeclared_personal(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (name, attribute) in index.model.attributes.iter() {
        let default = attribute.collected.as_ref().is_some_and(|collected| collected.value.is_by_default());
        let unread = index.is_key_unread(name, "personal") || index.is_key_unread(name, "identifier");
        let possible = index.personal(attribute).is_some_and(|personal| personal.value == Personal::Possible);
        if !default || unread || possible || attribute.personal.is_some() || attribute.identifier.is_some() {
            continue;
        }
        let Some(word) = suggestion(&name.value, attribute) else { continue };
        findings.push(
            CHECK
                .at(name.place, format!("`{}` is sent by default, and “{word}” sounds personal or secret", name.value))
                .help("say what it is: `personal: possible`, `personal: none` or `identifier: …`; or `allow: {W0304: why not}`")
                .about(name.place),
        );
    }
}

/// The word that suggests something.
fn suggestion(name: &str, attribute: &AttributeModel) -> Option<String> {
    let texts =
        [Some(name), attribute.name.as_ref().map(|name| &*name.value), attribute.brief.as_ref().map(|b| &*b.value)];
    let mut words = texts.into_iter().flatten().flat_map(words).collect::<Vec<_>>();
    let TypeModel::Named(ty) = &innermost(attribute.ty.as_ref()?).value else { return None };
    let could_be_one = ty == "string" || ty == "int" && words.iter().any(|word| word == "id");
    let position = words
        .iter()
        .position(|word| WORDS.contains(&word.strip_suffix('s').unwrap_or(word)) || WORDS.contains(&&**word))?;
    could_be_one.then(|| words.swap_remove(position))
}
