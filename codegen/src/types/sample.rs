//! A value of each kind, as the generated code of tests writes it.

use candor_schema::{Attribute, Catalogue, Domain, Object, camel_case};
use proc_macro2::TokenStream;
use quote::quote;

use super::{bound, is_duration, nanoseconds};
use crate::names::ident;

/// A value inside the domain that no other attribute has, as an expression of generated code. `text` is one that the
/// attribute admits, and `object` writes the literal of an object.
pub(crate) fn sample(
    catalogue: &Catalogue,
    attribute: &Attribute,
    domain: &Domain,
    text: &str,
    object: &dyn Fn(&Object) -> TokenStream,
) -> TokenStream {
    match domain {
        Domain::String { max_length, .. } => {
            let text: String = text.chars().take(*max_length).collect();
            quote!(#text)
        }
        Domain::Boolean => quote!(true),
        Domain::Int { .. } | Domain::Double { .. } if is_duration(attribute, domain) => {
            sample_duration(attribute, domain)
        }
        Domain::Int { minimum, maximum } => {
            let number = bound(*maximum, i64::MAX).or(bound(*minimum, i64::MIN)).unwrap_or(7);
            quote!(#number)
        }
        Domain::Double { minimum, maximum } => {
            let number = bound(*maximum, f64::MAX).or(bound(*minimum, f64::MIN)).unwrap_or(0.5);
            quote!(#number)
        }
        Domain::Timestamp => quote!(std::time::SystemTime::UNIX_EPOCH),
        Domain::Enum(_) => {
            let name = ident(&camel_case(&attribute.id));
            let variant = ident(attribute.variants.last().map_or("", |variant| variant.name.as_str()));
            quote!(enums::#name::#variant)
        }
        Domain::Object(info) => catalogue.object_of(info).map(object).unwrap_or_default(),
        Domain::List { item, .. } => {
            let item = sample(catalogue, attribute, item, text, object);
            quote!(&[#item])
        }
        Domain::Map { key, value, .. } => {
            let key = sample_key(key, text);
            let value = sample(catalogue, attribute, value, text, object);
            quote!(&[(#key, #value)])
        }
        Domain::Json { max_length, .. } => {
            let text = serde_json::Value::from(text).to_string();
            let text = if text.chars().count() <= *max_length { text } else { "0".to_owned() };
            quote!(#text)
        }
    }
}

/// A key that a map admits, as far as that can be told.
fn sample_key(key: &Domain, text: &str) -> String {
    match key {
        Domain::Enum(members) => members.iter().next().map(|member| member.to_string()).unwrap_or_default(),
        Domain::String { max_length, .. } => text.chars().take(*max_length).collect(),
        _ => String::new(),
    }
}

/// A duration that the domain admits.
fn sample_duration(attribute: &Attribute, domain: &Domain) -> TokenStream {
    let unit = nanoseconds(attribute).unwrap_or(1);
    let admitted = |nanoseconds: &u64| match domain {
        Domain::Int { minimum, maximum } => (*minimum..=*maximum).contains(&((nanoseconds / unit) as i64)),
        Domain::Double { minimum, maximum } => (*minimum..=*maximum).contains(&(*nanoseconds as f64 / unit as f64)),
        _ => false,
    };
    let bounds = match domain {
        Domain::Int { minimum, maximum } => [*maximum as f64, *minimum as f64],
        Domain::Double { minimum, maximum } => [*maximum, *minimum],
        _ => [0.0; 2],
    };
    let numbers = [7.0].into_iter().chain(bounds).map(|number| (number * unit as f64) as u64);
    let nanoseconds = numbers.into_iter().find(admitted).unwrap_or_default();
    quote!(std::time::Duration::from_nanos(#nanoseconds))
}
