//! The constants that an implementation stands on: what the catalogue says of its signal, attributes and objects.

use std::collections::BTreeSet;

use candor_codegen::expand::{Scope, expand_attributes, expand_object, expand_signal};
use candor_schema::{AttributeId, Catalogue, ObjectId};
use proc_macro2::TokenStream;
use quote::quote;

/// What an implementation needs constants of.
pub enum Roots {
    Signal(String),
    Object(ObjectId),
    /// Everything.
    Catalogue,
}

/// The constants for a signal or object, and for every attribute and object that they lead to.
pub fn constants(catalogue: &Catalogue, roots: Roots) -> TokenStream {
    let nothing = quote!();
    let mut attributes = BTreeSet::new();
    let mut objects = BTreeSet::new();
    let signals: Vec<_> = match &roots {
        Roots::Signal(id) => catalogue.signal(id).into_iter().collect(),
        Roots::Object(_) => Vec::new(),
        Roots::Catalogue => catalogue.signals().iter().collect(),
    };
    let mut open: Vec<AttributeId> =
        signals.iter().flat_map(|signal| &signal.attributes).map(|a| a.attribute).collect();
    if let Roots::Object(id) = roots {
        objects.insert(id);
        open.extend(catalogue.object(id).fields.iter().map(|field| field.attribute));
    }
    while let Some(id) = open.pop() {
        if !attributes.insert(id) {
            continue;
        }
        if let Some(object) = catalogue.attribute(id).ty.object().filter(|object| objects.insert(*object)) {
            open.extend(catalogue.object(object).fields.iter().map(|field| field.attribute));
        }
    }
    let attributes = expand_attributes(catalogue, attributes.iter().map(|id| catalogue.attribute(*id)));
    let objects = objects.iter().map(|id| expand_object(catalogue, catalogue.object(*id), &nothing, Scope::Block));
    let signals = signals.into_iter().map(|signal| expand_signal(catalogue, signal, &nothing, Scope::Block));
    quote!(#attributes #(#objects)* #(#signals)*)
}
