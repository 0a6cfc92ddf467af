//! Inert implementations: after a mistake, one message, not ten about a missing trait.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::attr::Of;

/// Implements what the type should be, doing nothing.
pub fn inert(input: &DeriveInput, of: &Of) -> TokenStream {
    match of {
        Of::Span(_) | Of::Event(_) => inert_signal(input),
        Of::Object(_) | Of::Attribute(_) => inert_value(input),
        Of::Resource(_) => inert_resource(input),
    }
}

/// The same where nobody can say what it should be.
pub fn inert_anything(input: &DeriveInput) -> TokenStream {
    let (signal, value) = (inert_signal(input), inert_value(input));
    quote!(#signal #value)
}

fn inert_signal(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        impl #impl_generics ::candor::Telemetry for #name #ty_generics #where_clause {
            type Catalogue = ();
            const SIGNAL: &'static ::candor::Signal = {
                static NOTHING: ::candor::Signal = ::candor::define::span("", "", "", ::candor::OPT_IN, &[]);
                &NOTHING
            };
            fn record<__R: ::candor::Recorder>(&self, _: &mut __R) {}
        }
    }
}

fn inert_resource(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        impl #impl_generics ::candor::Resource for #name #ty_generics #where_clause {
            type Catalogue = ();
            const RESOURCE: &'static ::candor::ResourceInfo = {
                static NOTHING: ::candor::ResourceInfo = ::candor::define::resource("", &[]);
                &NOTHING
            };
            fn record<__R: ::candor::Recorder>(&self, _: &mut __R) {}
        }
    }
}

/// Implements `Value` for any kind: the type's real one stays unknown until the mistake is mended.
fn inert_value(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let mut generics = input.generics.clone();
    generics.params.push(syn::parse_quote!(__K));
    let (impl_generics, ..) = generics.split_for_impl();
    let (_, ty_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        impl #impl_generics ::candor::Value<__K> for #name #ty_generics #where_clause {
            fn visit<__V: ::candor::Visitor>(&self, _: &mut __V) {}
        }
    }
}
