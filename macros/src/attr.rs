//! Reads `#[telemetry(…)]`.

use candor_schema::checks::derive::BAD_ATTRIBUTE;
use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, LitStr};

use crate::mistake::mistake;

/// `#[telemetry(…)]` on a type.
#[derive(Default)]
pub struct TypeAttr {
    pub catalogue: Option<LitStr>,
    pub of: Option<Of>,
}

/// The entry of the catalogue that the type stands for.
pub enum Of {
    Span(LitStr),
    Event(LitStr),
    Object(LitStr),
    Attribute(LitStr),
    Resource(Span),
}

/// `#[telemetry(…)]` on a field or a variant.
#[derive(Default)]
pub struct PartAttr {
    /// `attribute = "…"` on a field, `member = "…"` on a variant.
    pub name: Option<LitStr>,
    pub skip: bool,
}

const TYPE_WORDS: &str = "`catalogue`, and one of `span`, `event`, `object`, `attribute`, `resource`";

/// Reads the attributes of a type. Mistakes are added to `errors`.
pub fn of_type(attributes: &[Attribute], errors: &mut Vec<syn::Error>) -> TypeAttr {
    let mut read = TypeAttr::default();
    each(attributes, errors, |meta| {
        let twice = read.of.is_some();
        let only_one = || {
            let text =
                "a type is one thing in the catalogue: one of `span`, `event`, `object`, `attribute`, `resource`";
            meta.error(text)
        };
        let of: fn(LitStr) -> Of = match word_of(&meta).as_str() {
            "catalogue" => {
                let value = value(&meta)?;
                return set(&mut read.catalogue, value, &meta);
            }
            "span" => Of::Span,
            "event" => Of::Event,
            "object" => Of::Object,
            "attribute" => Of::Attribute,
            "resource" if twice => return Err(only_one()),
            "resource" => {
                read.of = Some(Of::Resource(meta.path.span()));
                return Ok(());
            }
            other => {
                let known = ["catalogue", "span", "event", "object", "attribute", "resource"];
                return Err(meta.error(unknown_word(other, &known, TYPE_WORDS)));
            }
        };
        let value = value(&meta)?;
        if twice {
            return Err(only_one());
        }
        read.of = Some(of(value));
        Ok(())
    });
    read
}

/// Reads the attributes of a field or a variant, whose name in the catalogue goes by `word`.
pub fn of_part(attributes: &[Attribute], word: &str, errors: &mut Vec<syn::Error>) -> PartAttr {
    let mut read = PartAttr::default();
    each(attributes, errors, |meta| {
        let both = "a field has an `attribute` or is skipped, not both";
        if meta.path.is_ident(word) {
            let value = value(&meta)?;
            set(&mut read.name, value, &meta)?;
            if read.skip { Err(meta.error(both)) } else { Ok(()) }
        } else if word == "attribute" && meta.path.is_ident("skip") {
            match (std::mem::replace(&mut read.skip, true), &read.name) {
                (true, _) => Err(meta.error("`skip` is written twice")),
                (false, Some(_)) => Err(meta.error(both)),
                (false, None) => Ok(()),
            }
        } else {
            let other = word_of(&meta);
            let known: &[&str] = if word == "attribute" { &["attribute", "skip"] } else { &["member"] };
            let words = if word == "attribute" { "`attribute = \"…\"` or `skip`" } else { "`member = \"…\"`" };
            Err(meta.error(unknown_word(&other, known, words)))
        }
    });
    read
}

/// The name that `#[serde(rename = "…")]` gives a field. It does not count here; a mistake may come from it.
pub fn renamed_by_serde(attributes: &[Attribute]) -> Option<String> {
    let mut renamed = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") && meta.input.peek(syn::Token![=]) {
                renamed = meta.value()?.parse::<LitStr>().ok().map(|name| name.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            } else if meta.input.peek(syn::token::Paren) {
                meta.parse_nested_meta(|inner| {
                    if inner.path.is_ident("serialize") {
                        renamed = Some(inner.value()?.parse::<LitStr>()?.value());
                        return Ok(());
                    }
                    inner.value()?.parse::<syn::Expr>().map(drop)
                })?;
            }
            Ok(())
        }); // serde itself says what is wrong with it
    }
    renamed
}

fn unknown_word(word: &str, known: &[&str], words: &str) -> String {
    match candor_schema::did_you_mean(word, known.iter().copied()) {
        Some(near) => format!("`{word}` means nothing here; did you mean `{near}`?"),
        None => format!("`{word}` means nothing here; it takes {words}"),
    }
}

fn each(
    attributes: &[Attribute],
    errors: &mut Vec<syn::Error>,
    mut read: impl FnMut(ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("telemetry")) {
        if let Err(error) = attribute.parse_nested_meta(&mut read) {
            errors.push(mistake(&BAD_ATTRIBUTE, error.span(), &error));
        }
    }
}

fn value(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let value = meta.value().and_then(|value| value.parse());
    value.map_err(|error: syn::Error| {
        syn::Error::new(error.span(), format!("write a name in quotes: `{} = \"…\"`", word_of(meta)))
    })
}

fn word_of(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map(ToString::to_string).unwrap_or_default()
}

fn set(slot: &mut Option<LitStr>, value: LitStr, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(meta.error(format!("`{}` is written twice", word_of(meta)))),
    }
}
