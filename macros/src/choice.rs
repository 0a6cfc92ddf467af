//! An enum held against the closed domain of an attribute: every variant is a member.

use candor_codegen::expand::ChoicePlan;
use candor_schema::checks::derive;
use candor_schema::{Attribute, Domain, did_you_mean};
use proc_macro2::Ident;
use quote::quote;
use syn::spanned::Spanned;
use syn::{DataEnum, DeriveInput, Fields, LitStr, Variant};

use crate::attr;
use crate::mistake::mistake;
use crate::source::Source;
use crate::validate::unknown;

/// The plan for an enum.
pub fn plan_choice(
    input: &DeriveInput,
    data: &DataEnum,
    name: &LitStr,
    source: &Source,
    errors: &mut Vec<syn::Error>,
) -> Option<ChoicePlan> {
    let catalogue = source.catalogue();
    let id = name.value();
    let Some(attribute) = catalogue.attribute_named(&id) else {
        let names = catalogue.attributes().iter().map(|attribute| &*attribute.id);
        errors.push(unknown(name, "attribute", source, names));
        return None;
    };
    let place = source.locate(attribute.place);
    let Domain::Enum(members) = attribute.domain.innermost() else {
        errors.push(mistake(&derive::WRONG_SHAPE, name.span(), format!("attribute `{id}` ({place}) is not an enum")));
        return None;
    };
    let choice = Choice { id: &id, place: &place, members: members.iter().collect(), attribute };
    let variants = data.variants.iter().filter_map(|variant| choice.plan_variant(variant, errors)).collect();
    let ident = &input.ident;
    if !input.generics.params.is_empty() {
        let text = "a closed domain has no generic parameters";
        errors.push(mistake(&derive::WRONG_SHAPE, input.generics.span(), text));
    }
    Some(ChoicePlan { catalogue: catalogue.head().name().to_owned(), attribute: id, ty: quote!(#ident), variants })
}

/// A closed domain that an enum stands for.
struct Choice<'c> {
    id: &'c str,
    place: &'c str,
    members: Vec<&'c str>,
    attribute: &'c Attribute,
}

impl Choice<'_> {
    /// A variant with the member that it is.
    fn plan_variant(&self, variant: &Variant, errors: &mut Vec<syn::Error>) -> Option<(Ident, String)> {
        let attr = attr::of_part(&variant.attrs, "member", errors);
        if !matches!(variant.fields, Fields::Unit) {
            let text = "a member of a closed domain carries nothing";
            errors.push(mistake(&derive::WRONG_SHAPE, variant.ident.span(), text));
            return None;
        }
        let written = variant.ident.to_string();
        let mut named = self.members.iter().zip(&self.attribute.variants);
        let member = match &attr.name {
            Some(name) => self.members.iter().find(|member| **member == name.value()),
            None => named.find(|(_, own)| own.name == written.trim_start_matches("r#")).map(|(member, _)| member),
        };
        if member.is_none() {
            errors.push(self.unknown_member(variant, attr.name.as_ref()));
        }
        member.map(|member| (variant.ident.clone(), (*member).to_owned()))
    }

    fn unknown_member(&self, variant: &Variant, name: Option<&LitStr>) -> syn::Error {
        let span = name.map_or(variant.ident.span(), LitStr::span);
        let named = name.map_or(variant.ident.to_string(), LitStr::value);
        let names: Vec<&str> = match name {
            Some(_) => self.members.clone(),
            None => self.attribute.variants.iter().map(|variant| &*variant.name).collect(),
        };
        let near = did_you_mean(&named, names).map_or_else(
            || format!("its members are {}", self.members.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let text = format!("attribute `{}` ({}) has no member `{named}`; {near}", self.id, self.place);
        mistake(&derive::UNKNOWN_MEMBER, span, text)
    }
}
