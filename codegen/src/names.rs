//! Catalogue names to Rust names. Types and variants are named by `candor_schema::camel_case`, whose collisions are
//! findings.

use std::borrow::Cow;

use proc_macro2::{Ident, Span};

/// `crew_created` → `CREW_CREATED`
pub fn static_name(id: &str) -> String {
    words(id).collect::<Vec<_>>().join("_").to_uppercase()
}

/// `verbose?` → `verbose`, `service.name` → `service_name`: a wire name as a field's name, keywords not escaped.
pub fn field_name(wire: &str) -> String {
    let name = words(wire).collect::<Vec<_>>().join("_").to_lowercase();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// The name as an identifier; a keyword becomes a raw identifier or gets an underscore.
///
/// Not by way of `syn`: the derive asks for many names, and is not optimised.
pub fn ident(name: &str) -> Ident {
    match escaped(name).strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(&escaped(name), Span::call_site()),
    }
}

/// The same as text.
pub fn escaped(name: &str) -> Cow<'_, str> {
    match name {
        "_" | "self" | "Self" | "super" | "crate" => Cow::Owned(format!("{name}_")),
        _ if KEYWORDS.binary_search(&name).is_ok() => Cow::Owned(format!("r#{name}")),
        _ => Cow::Borrowed(name),
    }
}

/// Rust's keywords in any edition, reserved ones too, in order; without those that cannot be raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The runs of letters and digits of a name.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(static_name("crew_created"), "CREW_CREATED");
        assert_eq!(field_name("async_execution?"), "async_execution");
        assert_eq!(field_name("service.name"), "service_name");
        assert_eq!(field_name("1st"), "_1st");
        assert_eq!(ident("type").to_string(), "r#type");
        assert_eq!(ident("gen").to_string(), "r#gen");
        assert_eq!(ident("self").to_string(), "self_");
        assert_eq!(ident("plain").to_string(), "plain");
    }

    #[test]
    fn keywords_are_in_order() {
        assert!(KEYWORDS.is_sorted());
    }

    /// Keywords that `syn` takes for identifiers, as they were in earlier editions.
    const YOUNG: [&str; 1] = ["gen"];

    /// A word outside the list is an identifier to `syn`, and a word in it is none.
    #[test]
    fn keywords_are_those_of_syn() {
        let is_ident = |name: &str| syn::parse_str::<Ident>(name).is_ok() && !YOUNG.contains(&name);
        assert!(KEYWORDS.iter().all(|keyword| !is_ident(keyword)));
        let others = ["auto", "default", "union", "raw", "safe", "macro_rules", "dyn_", "Type", "crewai"];
        let short = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
        let longer = letters().flat_map(short_words);
        for name in others.into_iter().map(str::to_owned).chain(short).chain(longer) {
            assert_eq!(is_ident(&name), KEYWORDS.binary_search(&name.as_str()).is_err(), "{name}");
        }
        for name in ["_", "self", "Self", "super", "crate"] {
            assert!(!is_ident(name) && is_ident(&ident(name).to_string()), "{name}");
        }
    }

    fn letters() -> impl Iterator<Item = char> {
        'a'..='z'
    }

    fn short_words(first: char) -> impl Iterator<Item = String> {
        letters().flat_map(move |second| letters().map(move |third| format!("{first}{second}{third}")))
    }
}
