//! The constants with what the catalogue knows: of attributes, objects and signals.
//!
//! They are written as text: rustc reads text faster than a macro that is not optimised makes tokens.

use std::collections::HashMap;

use candor_schema::{Attribute, Catalogue, Collected, Encoding, Object, OnViolation, Signal, SignalKind, Type};
use proc_macro2::TokenStream;
use quote::quote;

use crate::names::{escaped, ident, static_name};

/// Where the constants with what the catalogue knows stand, and what they are called.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'b> {
    /// In the modules `attributes`, `objects` and `signals` of generated code: `attributes::CREW_KEY`.
    Modules,
    /// Beside the implementation, in the derive's own block: `ATTRIBUTES.0`, `OBJECT_AGENT`. One tuple of all attributes
    /// costs rustc less than a static for each, or a type with names.
    Block(&'b Block<'b>),
}

/// The attributes that have a place in the derive's block.
#[derive(Debug, Default)]
pub struct Block<'c> {
    attributes: Vec<&'c Attribute>,
    places: HashMap<&'c str, usize>,
}

impl<'c> Block<'c> {
    /// A block with these, in this order.
    pub fn new(attributes: impl IntoIterator<Item = &'c Attribute>) -> Self {
        let attributes: Vec<_> = attributes.into_iter().collect();
        let places = attributes.iter().enumerate().map(|(place, attribute)| (attribute.id.as_str(), place)).collect();
        Block { attributes, places }
    }

    fn place(&self, attribute: &str) -> usize {
        // Whoever makes a block puts everything into it that its constants name.
        self.places.get(attribute).copied().unwrap_or(usize::MAX)
    }
}

impl Scope<'_> {
    pub(crate) fn attribute(self, attribute: &str) -> TokenStream {
        match self {
            Scope::Modules => {
                let name = ident(&static_name(attribute));
                quote!(attributes::#name)
            }
            Scope::Block(block) => {
                let place = proc_macro2::Literal::usize_unsuffixed(block.place(attribute));
                quote!(ATTRIBUTES.#place)
            }
        }
    }

    pub(crate) fn object(self, object: &str) -> TokenStream {
        self.path("objects", self.name("object", object))
    }

    pub(crate) fn signal(self, signal: &str) -> TokenStream {
        self.path("signals", self.name("signal", signal))
    }

    fn path(self, module: &str, name: String) -> TokenStream {
        let (module, name) = (ident(module), ident(&name));
        match self {
            Scope::Modules => quote!(#module::#name),
            Scope::Block(_) => quote!(#name),
        }
    }

    fn name(self, kind: &str, id: &str) -> String {
        match self {
            Scope::Modules => static_name(id),
            Scope::Block(_) => static_name(&format!("{kind}_{id}")),
        }
    }

    fn attribute_text(self, attribute: &str) -> String {
        match self {
            Scope::Modules => format!("attributes::{}", escaped(&static_name(attribute))),
            Scope::Block(block) => format!("ATTRIBUTES.{}", block.place(attribute)),
        }
    }

    fn object_text(self, object: &str) -> String {
        let name = self.name("object", object);
        match self {
            Scope::Modules => format!("objects::{}", escaped(&name)),
            Scope::Block(_) => escaped(&name).into_owned(),
        }
    }
}

/// The constants of a derive's block, as text: its attributes, and these objects and signals.
pub fn write_block<'c>(
    catalogue: &Catalogue,
    block: &Block<'_>,
    objects: impl Iterator<Item = &'c Object>,
    signals: impl Iterator<Item = &'c Signal>,
) -> String {
    let scope = Scope::Block(block);
    let mut text = "static ATTRIBUTES:(".to_owned();
    for attribute in &block.attributes {
        text += "::candor::Attribute<";
        text += &kind(catalogue, attribute, &attribute.ty);
        text += ">,";
    }
    text += ")=(";
    for attribute in &block.attributes {
        text += &info(catalogue, attribute, scope);
        text.push(',');
    }
    text += ");";
    objects.for_each(|object| text += &object_constant(catalogue, object, scope));
    signals.for_each(|signal| text += &signal_constant(catalogue, signal, scope));
    text
}

/// The public constant with what the catalogue says of an attribute, in its module.
pub fn expand_attribute(catalogue: &Catalogue, attribute: &Attribute) -> TokenStream {
    let name = static_name(&attribute.id);
    let kind = kind(catalogue, attribute, &attribute.ty);
    let info = info(catalogue, attribute, Scope::Modules);
    tokens(&format!("pub static {}: ::candor::Attribute<{kind}> = {info};", escaped(&name)))
}

/// The public constant with what the catalogue says of an object, in its module.
pub fn expand_object(catalogue: &Catalogue, object: &Object) -> TokenStream {
    tokens(&format!("pub {}", object_constant(catalogue, object, Scope::Modules)))
}

/// The public constant with what the catalogue says of a signal, in its module.
pub fn expand_signal(catalogue: &Catalogue, signal: &Signal) -> TokenStream {
    tokens(&format!("pub {}", signal_constant(catalogue, signal, Scope::Modules)))
}

/// The kind of an attribute, as a type.
pub fn expand_kind(catalogue: &Catalogue, attribute: &Attribute) -> TokenStream {
    tokens(&kind(catalogue, attribute, &attribute.ty))
}

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| quote!(::core::compile_error!(#text);))
}

fn kind(catalogue: &Catalogue, attribute: &Attribute, ty: &Type) -> String {
    let plain = match ty {
        Type::String(_) => "::candor::kind::Text",
        Type::Boolean => "::candor::kind::Boolean",
        Type::Int { .. } => "::candor::kind::Int",
        Type::Double { .. } => "::candor::kind::Double",
        Type::Timestamp => "::candor::kind::Timestamp",
        Type::Enum(_) => return choice_kind(catalogue.head().name(), &attribute.id),
        Type::Object(id) => return structure_kind(catalogue.head().name(), &catalogue.object(*id).id),
        Type::List { item, .. } => return format!("::candor::kind::List<{}>", kind(catalogue, attribute, item)),
    };
    plain.to_owned()
}

fn choice_kind(catalogue: &str, attribute: &str) -> String {
    domain_kind("Choice", &format!("{catalogue}/attributes/{attribute}"))
}

fn structure_kind(catalogue: &str, object: &str) -> String {
    domain_kind("Structure", &format!("{catalogue}/objects/{object}"))
}

fn domain_kind(kind: &str, domain: &str) -> String {
    format!("::candor::kind::{kind}<{{ ::candor::domain_id({domain:?}) }}>")
}

/// The kind of an enum, as a type.
pub(crate) fn expand_choice_kind(catalogue: &str, attribute: &str) -> TokenStream {
    tokens(&choice_kind(catalogue, attribute))
}

/// The kind of an object, as a type.
pub(crate) fn expand_structure_kind(catalogue: &str, object: &str) -> TokenStream {
    tokens(&structure_kind(catalogue, object))
}

fn info(catalogue: &Catalogue, attribute: &Attribute, scope: Scope<'_>) -> String {
    let Attribute { id, name, .. } = attribute;
    let row = &catalogue.row(attribute.row).title;
    let domain = domain(catalogue, &attribute.ty, scope);
    let collected = match attribute.collected {
        Collected::Default => "default",
        Collected::OptIn => "opt_in",
    };
    let encoding = match attribute.encoding {
        Encoding::Map => "",
        Encoding::Json => ".encoded(::candor::Encoding::Json)",
    };
    let on_violation = match attribute.on_violation {
        OnViolation::Drop => "",
        OnViolation::Truncate => ".on_violation(::candor::OnViolation::Truncate)",
    };
    format!("::candor::define::{collected}({id:?}, {name:?}, {row:?}, {domain}){encoding}{on_violation}")
}

fn domain(catalogue: &Catalogue, ty: &Type, scope: Scope<'_>) -> String {
    match ty {
        Type::String(domain) => {
            let max_length = size(domain.max_length);
            match &domain.pattern {
                Some(pattern) => {
                    format!("::candor::define::matching({max_length}, ::candor::pattern!({pattern:?}))")
                }
                None => format!("::candor::define::text({max_length})"),
            }
        }
        Type::Boolean => "::candor::Domain::Boolean".to_owned(),
        Type::Int { minimum, maximum } => {
            let minimum = minimum.map_or("i64::MIN".to_owned(), |value| value.to_string());
            let maximum = maximum.map_or("i64::MAX".to_owned(), |value| value.to_string());
            format!("::candor::define::int({minimum}, {maximum})")
        }
        Type::Double { minimum, maximum } => {
            let minimum = minimum.map_or("f64::MIN".to_owned(), |value| format!("{value:?}"));
            let maximum = maximum.map_or("f64::MAX".to_owned(), |value| format!("{value:?}"));
            format!("::candor::define::double({minimum}, {maximum})")
        }
        Type::Timestamp => "::candor::Domain::Timestamp".to_owned(),
        Type::Enum(members) => format!("::candor::Domain::Enum(&{members:?})"),
        Type::Object(id) => {
            format!("::candor::Domain::Object(&{})", scope.object_text(&catalogue.object(*id).id))
        }
        Type::List { item, max_items } => {
            let (item, max_items) = (domain(catalogue, item, scope), size(*max_items));
            format!("::candor::define::list(&{item}, {max_items})")
        }
    }
}

fn size(size: Option<usize>) -> String {
    size.map_or("usize::MAX".to_owned(), |size| size.to_string())
}

fn object_constant(catalogue: &Catalogue, object: &Object, scope: Scope<'_>) -> String {
    let (id, catalogue_name) = (&object.id, catalogue.head().name());
    let constant = scope.name("object", id);
    let mut text = format!(
        "static {}: ::candor::ObjectInfo = ::candor::ObjectInfo {{ catalogue: {catalogue_name:?}, id: {id:?}, fields: &[",
        escaped(&constant)
    );
    for field in &object.fields {
        let attribute = scope.attribute_text(&catalogue.attribute(field.attribute).id);
        let (name, requirement) = (&field.name, requirement(field.required));
        text += &format!("::candor::ObjectField::{requirement}({name:?}, &{attribute}.info),");
    }
    text + "] };"
}

fn signal_constant(catalogue: &Catalogue, signal: &Signal, scope: Scope<'_>) -> String {
    let Signal { id, name, .. } = signal;
    let constant = scope.name("signal", id);
    let catalogue_name = catalogue.head().name();
    let kind = match signal.kind {
        SignalKind::Span => "span",
        SignalKind::Event => "event",
    };
    let collected = match signal.collected {
        Collected::Default => "::candor::Collected::Default",
        Collected::OptIn => "::candor::Collected::OptIn",
    };
    let mut text = format!(
        "static {}: ::candor::Signal = ::candor::define::{kind}({catalogue_name:?}, {id:?}, {name:?}, {collected}, &[",
        escaped(&constant)
    );
    for carried in &signal.attributes {
        text += "::candor::define::";
        text += requirement(carried.required);
        text += "(&";
        text += &scope.attribute_text(&catalogue.attribute(carried.attribute).id);
        text += ".info),";
    }
    text + "]);"
}

/// Named so in `define`, by `ObjectField`, and by what takes the fields.
pub(crate) fn requirement(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}
