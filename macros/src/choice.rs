//! An enum held against the enum of an attribute: every variant is a member.

use candor_codegen::expand::{ChoicePlan, ChoiceVariant};
use candor_schema::checks::derive;
use candor_schema::{Attribute, Domain, Members, did_you_mean};
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
    let choice = Choice { id: &id, place: &place, members, attribute };
    let variants = data.variants.iter().filter_map(|variant| choice.plan_variant(variant, errors)).collect();
    let ident = &input.ident;
    if !input.generics.params.is_empty() {
        let text = "a closed domain has no generic parameters";
        errors.push(mistake(&derive::WRONG_SHAPE, input.generics.span(), text));
    }
    let is_open = members.is_open();
    let catalogue = catalogue.head().name().to_owned();
    Some(ChoicePlan { catalogue, attribute: id, is_open, ty: quote!(#ident), variants })
}

/// The members that the variants stand for.
struct Choice<'c> {
    id: &'c str,
    place: &'c str,
    members: &'c Members,
    attribute: &'c Attribute,
}

impl Choice<'_> {
    /// A variant with the member that it is.
    fn plan_variant(&self, variant: &Variant, errors: &mut Vec<syn::Error>) -> Option<ChoiceVariant> {
        let attr = attr::of_part(&variant.attrs, "member", errors);
        let written = variant.ident.to_string();
        let position = match &attr.name {
            Some(name) => self.members.iter().position(|member| member.to_string() == name.value()),
            None => self.attribute.variants.iter().position(|own| own.name == written.trim_start_matches("r#")),
        };
        let carries = !matches!(variant.fields, Fields::Unit);
        let is_other = self.members.is_open() && position == self.members.len().checked_sub(1);
        if carries && !is_other {
            let text = "a member of a closed domain carries nothing; only the one for all others may";
            errors.push(mistake(&derive::WRONG_SHAPE, variant.ident.span(), text));
            return None;
        }
        let Some(member) = position.and_then(|position| self.members.iter().nth(position)) else {
            errors.push(self.unknown_member(variant, attr.name.as_ref()));
            return None;
        };
        Some(ChoiceVariant { name: variant.ident.clone(), carries, member: member.into() })
    }

    fn unknown_member(&self, variant: &Variant, name: Option<&LitStr>) -> syn::Error {
        let span = name.map_or(variant.ident.span(), LitStr::span);
        let named = name.map_or(variant.ident.to_string(), LitStr::value);
        let members: Vec<String> = self.members.iter().map(|member| member.to_string()).collect();
        let names: Vec<&str> = match name {
            Some(_) => members.iter().map(String::as_str).collect(),
            None => self.attribute.variants.iter().map(|variant| &*variant.name).collect(),
        };
        let near = did_you_mean(&named, names).map_or_else(
            || format!("its members are {}", members.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let text = format!("attribute `{}` ({}) has no member `{named}`; {near}", self.id, self.place);
        mistake(&derive::UNKNOWN_MEMBER, span, text)
    }
}
