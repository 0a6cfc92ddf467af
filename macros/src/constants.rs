//! The constants that an implementation stands on: what the catalogue says of its signal, attributes and objects.

use std::collections::BTreeSet;
use std::str::FromStr;

use candor_codegen::constants::{Block, Scope, write_block};
use candor_schema::{AttributeId, Catalogue, ObjectId, Signal};
use proc_macro2::TokenStream;
use quote::quote;

/// The entry whose constants an implementation needs.
pub enum Roots {
    Signal(String),
    Resource,
    Object(ObjectId),
    /// Everything.
    Catalogue,
}

/// A signal, an object or the resource, or all of them, and every attribute and object that they lead to.
pub struct Reached<'c> {
    catalogue: &'c Catalogue,
    signals: Vec<&'c Signal>,
    objects: BTreeSet<ObjectId>,
    resource: bool,
    block: Block<'c>,
}

impl<'c> Reached<'c> {
    pub fn new(catalogue: &'c Catalogue, roots: &Roots) -> Self {
        let mut objects = BTreeSet::new();
        let signals: Vec<_> = match roots {
            Roots::Signal(id) => catalogue.signal(id).into_iter().collect(),
            Roots::Object(_) | Roots::Resource => Vec::new(),
            Roots::Catalogue => catalogue.signals().iter().collect(),
        };
        let mut open: Vec<AttributeId> =
            signals.iter().flat_map(|signal| &signal.attributes).map(|a| a.attribute).collect();
        let resource = matches!(roots, Roots::Resource | Roots::Catalogue);
        if resource {
            open.extend(catalogue.resource().attributes.iter().map(|own| own.attribute));
        }
        if let Roots::Object(id) = roots {
            objects.insert(*id);
            open.extend(catalogue.object(*id).fields.iter().map(|field| field.attribute));
        }
        let attributes = follow(catalogue, open, &mut objects);
        let block = Block::new(attributes.iter().map(|id| catalogue.attribute(*id)));
        Reached { catalogue, signals, objects, resource, block }
    }

    /// Returns the names of the constants.
    pub fn scope(&self) -> Scope<'_> {
        Scope::Block(&self.block)
    }

    /// The constants.
    pub fn expand(&self) -> TokenStream {
        let objects = self.objects.iter().map(|id| self.catalogue.object(*id));
        tokens(&write_block(self.catalogue, &self.block, objects, self.signals.iter().copied(), self.resource))
    }
}

/// The attributes that these lead to, themselves included. The objects on the way are added to `objects`.
fn follow(
    catalogue: &Catalogue,
    mut open: Vec<AttributeId>,
    objects: &mut BTreeSet<ObjectId>,
) -> BTreeSet<AttributeId> {
    let mut attributes = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !attributes.insert(id) {
            continue;
        }
        if let Some(object) = reached_object(catalogue, id).filter(|object| objects.insert(*object)) {
            open.extend(catalogue.object(object).fields.iter().map(|field| field.attribute));
        }
    }
    attributes
}

fn reached_object(catalogue: &Catalogue, id: AttributeId) -> Option<ObjectId> {
    catalogue.object_id_of(catalogue.attribute(id).domain.object()?)
}

/// Text as tokens. rustc's own lexer is optimised; the one of `proc_macro2`, which tests need, reads everything first.
fn tokens(text: &str) -> TokenStream {
    let tokens = if proc_macro::is_available() {
        proc_macro::TokenStream::from_str(text).map(TokenStream::from).ok()
    } else {
        text.parse().ok()
    };
    tokens.unwrap_or_else(|| quote!(::core::compile_error!(#text);))
}
