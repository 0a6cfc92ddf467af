//! From the tokens of a type to the code for it: attributes read, catalogue opened, plan made, plan expanded.

use candor_codegen::expand::{expand_catalogue, expand_choice, expand_record};
use candor_codegen::names::ident;
use candor_schema::checks::derive::{BAD_ATTRIBUTE, WRONG_SHAPE};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Fields, LitStr};

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
            let plan = choice::plan_choice(input, data, name, source, errors)?;
            (TokenStream::new(), expand_choice(&plan))
        }
        (Of::Attribute(name), _) => {
            let text = "a closed domain is an enum; a struct is a `span`, `event` or `object`";
            errors.push(mistake(&WRONG_SHAPE, name.span(), text));
            return None;
        }
        (_, Data::Struct(data)) => {
            let Fields::Named(fields) = &data.fields else {
                let text = "a signal or object is a struct with named fields: each name is an attribute";
                errors.push(mistake(&WRONG_SHAPE, input.ident.span(), text));
                return None;
            };
            let (plan, roots) = validate::plan_record(input, fields, of, source, errors)?;
            let reached = Reached::new(source.catalogue(), &roots);
            (reached.expand(), expand_record(&plan, reached.scope()))
        }
        _ => {
            let text = match input.data {
                Data::Union(_) => "a union is nothing in a catalogue: a signal or object is a struct with named fields",
                _ => "a signal or object is a struct; an enum is a closed domain: `#[telemetry(attribute = \"…\")]`",
            };
            errors.push(mistake(&WRONG_SHAPE, input.ident.span(), text));
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
