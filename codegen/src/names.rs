//! Catalogue names to Rust names. Types and variants are named by `candor_schema::camel_case`, whose collisions are
//! findings.

use proc_macro2::{Ident, Span};
use quote::quote;

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
/// Not by way of `syn::parse_str`: with places in spans, every text that is parsed is kept until the process ends.
pub fn ident(name: &str) -> Ident {
    let ident = Ident::new(name, Span::call_site());
    if syn::parse2::<Ident>(quote!(#ident)).is_ok() {
        return ident;
    }
    match name {
        "_" | "self" | "Self" | "super" | "crate" => Ident::new(&format!("{name}_"), Span::call_site()),
        _ => Ident::new_raw(name, Span::call_site()),
    }
}

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
        assert_eq!(ident("self").to_string(), "self_");
        assert_eq!(ident("plain").to_string(), "plain");
    }
}
