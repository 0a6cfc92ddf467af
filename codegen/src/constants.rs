//! The constants with what the catalogue knows: of attributes, objects and signals.
//!
//! They are written as text: rustc reads text faster than a macro that is not optimised makes tokens.

use std::collections::HashMap;

use candor_schema::{
    Attribute, Catalogue, ChannelName, Collected, Encoding, Join, Measure, Object, OnViolation, Signal,
};
use proc_macro2::TokenStream;
use quote::quote;

use crate::fields::{Field, UNGUARDED, in_order, object_fields, resource_fields, signal_fields};
use crate::names::{escaped, ident, static_name};
use crate::types;

pub(crate) mod endpoints;

/// Says where the constants of a catalogue stand, and how they are named.
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
        let places = attributes.iter().enumerate().map(|(place, attribute)| (&*attribute.id, place)).collect();
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

    pub(crate) fn resource(self) -> TokenStream {
        self.path("resource", "RESOURCE".to_owned())
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

/// The constants of a derive's block, as text: its attributes, these objects and signals, and the resource if asked for.
pub fn write_block<'c>(
    catalogue: &Catalogue,
    block: &Block<'_>,
    objects: impl Iterator<Item = &'c Object>,
    signals: impl Iterator<Item = &'c Signal>,
    resource: bool,
) -> String {
    let scope = Scope::Block(block);
    let mut text = "static ATTRIBUTES:(".to_owned();
    for attribute in &block.attributes {
        text += &attribute_type(catalogue, attribute);
        text.push(',');
    }
    text += ")=(";
    for attribute in &block.attributes {
        text += &info(catalogue, attribute, scope);
        text.push(',');
    }
    text += ");";
    objects.for_each(|object| text += &object_constant(catalogue, object, scope));
    signals.for_each(|signal| text += &signal_constant(catalogue, signal, scope));
    if resource {
        text += &resource_constant(catalogue, scope);
    }
    text
}

/// The public constant with what the catalogue says of an attribute, in its module.
pub fn expand_attribute(catalogue: &Catalogue, attribute: &Attribute) -> TokenStream {
    let name = static_name(&attribute.id);
    let (ty, info) = (attribute_type(catalogue, attribute), info(catalogue, attribute, Scope::Modules));
    tokens(&format!("pub static {}: {ty} = {info};", escaped(&name)))
}

/// The public constant with what the catalogue says of an object, in its module.
pub fn expand_object(catalogue: &Catalogue, object: &Object) -> TokenStream {
    tokens(&format!("pub {}", object_constant(catalogue, object, Scope::Modules)))
}

/// The public constant with what the catalogue says of a signal, in its module.
pub fn expand_signal(catalogue: &Catalogue, signal: &Signal) -> TokenStream {
    tokens(&format!("pub {}", signal_constant(catalogue, signal, Scope::Modules)))
}

/// The public constant with what the catalogue says of the resource, in its module.
pub fn expand_resource(catalogue: &Catalogue) -> TokenStream {
    tokens(&format!("pub {}", resource_constant(catalogue, Scope::Modules)))
}

/// The kind of an attribute, as a type.
pub fn expand_kind(catalogue: &Catalogue, attribute: &Attribute) -> TokenStream {
    tokens(&kind(catalogue, attribute))
}

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| quote!(::core::compile_error!(#text);))
}

fn kind(catalogue: &Catalogue, attribute: &Attribute) -> String {
    types::kind(catalogue.head().name(), attribute, &attribute.domain)
}

/// The type of an attribute's constant.
fn attribute_type(catalogue: &Catalogue, attribute: &Attribute) -> String {
    let kind = kind(catalogue, attribute);
    match attribute.collected {
        Collected::Default => format!("::candor::Attribute<{kind}>"),
        Collected::OptIn => format!("::candor::OptInAttribute<{kind}>"),
        Collected::Channel(number) => format!("::candor::Attribute<{kind}, {number}>"),
    }
}

/// The kind of an enum, as a type.
pub(crate) fn expand_choice_kind(catalogue: &str, attribute: &str, is_open: bool) -> TokenStream {
    tokens(&types::choice_kind(catalogue, attribute, is_open))
}

/// The kind of an object, as a type.
pub(crate) fn expand_structure_kind(catalogue: &str, object: &str) -> TokenStream {
    tokens(&types::structure_kind(catalogue, object))
}

fn info(catalogue: &Catalogue, attribute: &Attribute, scope: Scope<'_>) -> String {
    let (id, name) = (&attribute.id, &attribute.name);
    let row = &catalogue.row(attribute.row).title;
    let domain = types::constant(&attribute.domain, &|object| scope.object_text(object));
    let encoding = match attribute.encoding {
        Encoding::Map => "",
        Encoding::Json => ".encoded(::candor::Encoding::Json)",
    };
    let on_violation = match attribute.on_violation {
        OnViolation::Drop => "",
        OnViolation::Truncate => ".on_violation(::candor::OnViolation::Truncate)",
    };
    let nullable = if attribute.nullable { ".nullable()" } else { "" };
    format!("::candor::define::attribute({id:?}, {name:?}, {row:?}, {domain}){encoding}{on_violation}{nullable}")
}

fn object_constant(catalogue: &Catalogue, object: &Object, scope: Scope<'_>) -> String {
    let (id, catalogue_name) = (&object.id, catalogue.head().name());
    let constant = escaped(&scope.name("object", id)).into_owned();
    let mut text = format!(
        "static {constant}: ::candor::ObjectInfo = \
         ::candor::define::object({catalogue_name:?}, {id:?}, const {{ &["
    );
    for field in in_order(object_fields(catalogue, object), UNGUARDED, |field| field.behind) {
        let attribute = scope.attribute_text(&field.attribute.id);
        let (name, requirement) = (field.wire, requirement(field.required));
        text += &format!("::candor::define::{requirement}_field({name:?}, &{attribute}.info),");
    }
    text + "] });"
}

fn signal_constant(catalogue: &Catalogue, signal: &Signal, scope: Scope<'_>) -> String {
    let (id, name, kind) = (&signal.id, &signal.name, signal.kind.word());
    let constant = escaped(&scope.name("signal", id)).into_owned();
    let catalogue_name = catalogue.head().name();
    let channel = match signal.collected {
        Collected::Default => "::candor::DEFAULT".to_owned(),
        Collected::OptIn => "::candor::OPT_IN".to_owned(),
        Collected::Channel(number) => number.to_string(),
    };
    let mut text = format!(
        "static {constant}: ::candor::Signal = \
         ::candor::define::{kind}({catalogue_name:?}, {id:?}, {name:?}, {channel}, const {{ &["
    );
    text += &members(signal_fields(catalogue, signal), signal.collected.number(), scope);
    text += "] })";
    if !catalogue.head().channels().is_empty() {
        let name = |one: &ChannelName| format!("::candor::define::channel({:?}, {})", one.name, one.number);
        let names: Vec<_> = signal.channels.iter().map(name).collect();
        text += &format!(".of_channels(const {{ &[{}] }})", names.join(", "));
    }
    if signal.info.every > 0 {
        text += &format!(".every({})", signal.info.every);
    }
    if signal.endpoint > 0 {
        text += &format!(".going_to({})", signal.endpoint);
    }
    text += &joined(signal);
    text += &signal.measure.as_ref().map(measuring).unwrap_or_default();
    text + ";"
}

/// The instrument of a metric and its numbers, behind its constant.
fn measuring(measure: &Measure) -> String {
    let (instrument, number) = (format!("{:?}", measure.instrument), format!("{:?}", measure.number));
    let (unit, bounds, interval) = (&measure.unit, &*measure.bounds, measure.interval);
    format!(
        ".measuring(::candor::define::measure(::candor::Instrument::{instrument}, ::candor::NumberType::{number}, {unit:?}, \
         const {{ &{bounds:?} }}, {interval}))"
    )
}

/// The spans that a signal may be joined with; nothing for one that stands for itself.
fn joined(signal: &Signal) -> String {
    if signal.relations.is_none() {
        return String::new();
    }
    let [parents, links_to] = Join::ALL.map(|join| {
        let spans = signal.relations.of(join).iter().map(|key| format!("::candor::define::span_key({key:?})"));
        format!("const {{ &[{}] }}", spans.collect::<Vec<_>>().join(", "))
    });
    format!(".joined({parents}, {links_to}, {})", signal.relations.propagates)
}

fn resource_constant(catalogue: &Catalogue, scope: Scope<'_>) -> String {
    let (name, members) = (catalogue.head().name(), members(resource_fields(catalogue), UNGUARDED, scope));
    format!("static RESOURCE: ::candor::ResourceInfo = ::candor::define::resource({name:?}, const {{ &[{members}] }});")
}

fn members(fields: Vec<Field<'_>>, of_signal: u8, scope: Scope<'_>) -> String {
    let mut text = String::new();
    for field in in_order(fields, of_signal, |field| field.behind) {
        text += "::candor::define::";
        text += requirement(field.required);
        text += "(&";
        text += &scope.attribute_text(&field.attribute.id);
        text += if field.body { ".info).as_body()," } else { ".info)," };
    }
    text
}

/// Named so in `define`, and by what takes the fields.
pub(crate) fn requirement(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}
