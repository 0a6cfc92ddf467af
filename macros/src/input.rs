//! From the tokens of a type to the code for it: attributes read, catalogue opened, plan made, plan expanded.

use candor_codegen::expand::{expand_catalogue, expand_choice, expand_record};
use candor_codegen::names::ident;
use candor_schema::checks::derive::{BAD_ATTRIBUTE, WRONG_SHAPE};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, DataStruct, DeriveInput, Fields, LitStr};

use crate::attr::{self, Of};
use crate::constants::{Reached, Roots};
use crate::mistake::mistake;
use crate::source::{self, Source};
use crate::{choice, fallback, validate};

/// The code for a derive: implementations, or compile errors and inert implementations.
pub fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Vec::new();
    let attr = attr::of_type(&input.attrs, &mut errors);
    let Some(of) = &attr.of else {
        if errors.is_empty() {
            let help = "say what this is in the catalogue: `#[telemetry(span = \"…\")]`, `event`, `object`, `attribute` or `resource`";
            errors.push(mistake(&BAD_ATTRIBUTE, input.ident.span(), help));
        }
        let errors = report(&errors);
        let inert = fallback::inert_anything(input);
        return quote!(#errors #inert);
    };
    let written = attr.catalogue.as_ref().map(LitStr::value);
    let result = match source::open(written.as_deref(), span_of(&attr, input), &input.ident.to_string()) {
        Ok(source) => expand(input, of, &source, &mut errors),
        Err(mistakes) => {
            errors.extend(mistakes);
            None
        }
    };
    match result {
        Some(code) if errors.is_empty() => code,
        _ => {
            let errors = report(&errors);
            let inert = fallback::inert(input, of);
            quote!(#errors #inert)
        }
    }
}

/// Returns the place for mistakes about the catalogue itself.
fn span_of(attr: &attr::TypeAttr, input: &DeriveInput) -> Span {
    attr.catalogue.as_ref().map_or(input.ident.span(), LitStr::span)
}

fn report(errors: &[syn::Error]) -> TokenStream {
    errors.iter().map(syn::Error::to_compile_error).collect()
}

fn expand(input: &DeriveInput, of: &Of, source: &Source, errors: &mut Vec<syn::Error>) -> Option<TokenStream> {
    let (constants, implementation) = match (of, &input.data) {
        (Of::Attribute(name), Data::Enum(data)) => {
            (TokenStream::new(), expand_choice(&choice::plan_choice(input, data, name, source, errors)?))
        }
        (_, Data::Struct(DataStruct { fields: Fields::Named(fields), .. })) if !matches!(of, Of::Attribute(_)) => {
            let (plan, roots) = validate::plan_record(input, fields, of, source, errors)?;
            let reached = Reached::new(source.catalogue(), &roots);
            (reached.expand(), expand_record(&plan, reached.scope()))
        }
        _ => {
            errors.push(wrong_shape(input, of));
            return None;
        }
    };
    let rebuild = source.rebuild_on_change(&input.ident.to_string());
    Some(quote! {
        #[allow(clippy::all, clippy::pedantic, reason = "generated from the catalogue")]
        const _: () = {
            #rebuild
            #constants
            #implementation
        };
    })
}

/// The mistake about a type that has not the shape of the catalogue's entry.
fn wrong_shape(input: &DeriveInput, of: &Of) -> syn::Error {
    let (span, text) = match (of, &input.data) {
        (Of::Attribute(name), _) => {
            (name.span(), "a closed domain is an enum; a struct is a `span`, `event` or `object`")
        }
        (_, Data::Struct(_)) => {
            let text = "a signal or object is a struct with named fields: each name is an attribute";
            (input.ident.span(), text)
        }
        (_, Data::Union(_)) => {
            let text = "a union is nothing in a catalogue: a signal or object is a struct with named fields";
            (input.ident.span(), text)
        }
        (_, Data::Enum(_)) => {
            let text = "a signal or object is a struct; an enum is a closed domain: `#[telemetry(attribute = \"…\")]`";
            (input.ident.span(), text)
        }
    };
    mistake(&WRONG_SHAPE, span, text)
}

/// The code for `catalogue!("…")`.
pub fn catalogue(path: Option<&LitStr>) -> TokenStream {
    let span = path.map_or_else(Span::call_site, LitStr::span);
    match source::open(path.map(LitStr::value).as_deref(), span, "catalogue!") {
        Ok(source) => {
            let rebuild = source.rebuild_on_change("catalogue!");
            let reached = Reached::new(source.catalogue(), &Roots::Catalogue);
            let constants = reached.expand();
            let name = ident("CATALOGUE");
            let head = expand_catalogue(source.catalogue(), &name, &quote!(), reached.scope());
            quote!({ #rebuild #constants #head &#name })
        }
        Err(errors) => {
            let errors = errors.iter().map(syn::Error::to_compile_error);
            quote!({ #(#errors;)* ::core::unreachable!() })
        }
    }
}
