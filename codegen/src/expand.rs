//! The expansion that the derive macro and the generator share.
//!
//! A [`RecordPlan`] says which field is which attribute; [`expand_record`] writes the one function in which the filter
//! stands in plain sight: default attributes first, opt-in ones behind `opted_in()`. The constants with what the
//! catalogue knows come from here, too.

use candor_schema::{
    Attribute, Catalogue, Collected, Encoding, Object, OnViolation, Personal, Signal, SignalKind, Type,
};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::embedded::embed;
use crate::names::{ident, static_name};
use crate::table::{PLAIN, Row, rows};

/// Every decision about one implementation of `Telemetry` or `Object`.
pub struct RecordPlan {
    /// The signal or object that is implemented.
    pub target: Target,
    /// `impl<…>` generics of the type.
    pub impl_generics: TokenStream,
    /// The type, with its arguments.
    pub ty: TokenStream,
    /// Its where clause.
    pub where_clause: TokenStream,
    /// Name for the function's own type parameter, one that the type does not use.
    pub parameter: Ident,
    /// Where the constants stand.
    pub scope: Scope,
    /// The fields, in the order they are visited.
    pub fields: Vec<RecordField>,
}

/// Where the constants with what the catalogue knows stand, and what they are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In the modules `attributes`, `objects` and `signals` of generated code: `attributes::CREW_KEY`.
    Modules,
    /// Beside the implementation, in the derive's own block: `ATTRIBUTES.CREW_KEY`, `OBJECT_AGENT`. One static for all
    /// attributes costs rustc less than one for each, and a block is there for every type.
    Block,
}

impl Scope {
    fn name(self, kind: &str, id: &str) -> Ident {
        match self {
            Scope::Modules => ident(&static_name(id)),
            Scope::Block => ident(&static_name(&format!("{kind}_{id}"))),
        }
    }

    fn path(self, kind: &str, module: &str, id: &str) -> TokenStream {
        let (name, module) = (self.name(kind, id), ident(module));
        match self {
            Scope::Modules => quote!(#module::#name),
            Scope::Block => quote!(#name),
        }
    }

    fn attribute(self, attribute: &str) -> TokenStream {
        let name = ident(&static_name(attribute));
        match self {
            Scope::Modules => quote!(attributes::#name),
            Scope::Block => quote!(ATTRIBUTES.#name),
        }
    }

    fn object(self, object: &str) -> TokenStream {
        self.path("object", "objects", object)
    }

    fn signal(self, signal: &str) -> TokenStream {
        self.path("signal", "signals", signal)
    }
}

/// What an implementation is of.
pub enum Target {
    /// `Telemetry` for the signal with this id.
    Signal(String),
    /// `Object` for the object with this id.
    Object {
        /// Key in the catalogue.
        id: String,
        /// The catalogue's short name.
        catalogue: String,
    },
}

/// One field of the type and the attribute it is.
pub struct RecordField {
    /// Name on the wire.
    pub name: String,
    /// Key of the attribute in the catalogue.
    pub attribute: String,
    /// The field's value, such as `self.crew_key`.
    pub access: TokenStream,
    /// Where mistakes about its type are shown.
    pub span: Span,
    /// Whether the attribute must be there.
    pub required: bool,
    /// Whether the field is read only behind consent.
    pub opt_in: bool,
}

/// The implementation: which field goes where, and which only behind consent.
pub fn expand_record(plan: &RecordPlan) -> TokenStream {
    let RecordPlan { impl_generics, ty, where_clause, parameter, scope, .. } = plan;
    let receiver = match &plan.target {
        Target::Signal(_) => ident("recorder"),
        Target::Object { .. } => ident("fields"),
    };
    let calls = |opt_in: bool| -> Vec<TokenStream> {
        plan.fields
            .iter()
            .filter(|field| field.opt_in == opt_in)
            .map(|field| expand_call(plan, &receiver, field))
            .collect()
    };
    let default_calls = calls(false);
    let opt_in_calls = calls(true);
    let behind_consent =
        if opt_in_calls.is_empty() { quote!() } else { quote!(if #receiver.opted_in() { #(#opt_in_calls)* }) };
    let receiver_arg = if plan.fields.is_empty() { ident("_") } else { receiver };
    match &plan.target {
        Target::Signal(id) => {
            let constant = scope.signal(id);
            quote! {
                impl #impl_generics ::candor::Telemetry for #ty #where_clause {
                    const SIGNAL: &'static ::candor::Signal = &#constant;

                    fn record<#parameter: ::candor::Recorder>(&self, #receiver_arg: &mut #parameter) {
                        #(#default_calls)*
                        #behind_consent
                    }
                }
            }
        }
        Target::Object { id, catalogue } => {
            let constant = scope.object(id);
            let kind = structure_kind(catalogue, id);
            quote! {
                impl #impl_generics ::candor::Object for #ty #where_clause {
                    const OBJECT: &'static ::candor::ObjectInfo = &#constant;

                    fn record<#parameter: ::candor::Fields>(&self, #receiver_arg: &mut #parameter) {
                        #(#default_calls)*
                        #behind_consent
                    }
                }

                impl #impl_generics ::candor::Value<#kind> for #ty #where_clause {
                    fn visit<#parameter: ::candor::Visitor>(&self, visitor: &mut #parameter) {
                        visitor.object(self);
                    }
                }
            }
        }
    }
}

fn expand_call(plan: &RecordPlan, receiver: &Ident, field: &RecordField) -> TokenStream {
    let mut method = requirement(field.required);
    method.set_span(field.span);
    let constant = plan.scope.attribute(&field.attribute);
    let access = &field.access;
    match plan.target {
        Target::Signal(_) => quote_spanned!(field.span=> #receiver.#method(&#constant, &#access);),
        Target::Object { .. } => {
            let name = &field.name;
            quote_spanned!(field.span=> #receiver.#method(#name, &#constant, &#access);)
        }
    }
}

fn requirement(required: bool) -> Ident {
    ident(if required { "required" } else { "optional" })
}

/// An enum that is a closed domain: which variant is which member.
pub struct ChoicePlan {
    /// The catalogue's short name.
    pub catalogue: String,
    /// Key of the attribute in the catalogue.
    pub attribute: String,
    /// The type.
    pub ty: TokenStream,
    /// Variants and the members they are.
    pub variants: Vec<(Ident, String)>,
}

/// The implementation of `Value` for an enum.
pub fn expand_choice(plan: &ChoicePlan) -> TokenStream {
    let kind = choice_kind(&plan.catalogue, &plan.attribute);
    let ty = &plan.ty;
    let arms = plan.variants.iter().map(|(variant, member)| quote!(#ty::#variant => #member));
    quote! {
        impl ::candor::Value<#kind> for #ty {
            fn visit<V: ::candor::Visitor>(&self, visitor: &mut V) {
                visitor.choice(match self { #(#arms,)* });
            }
        }
    }
}

fn choice_kind(catalogue: &str, attribute: &str) -> TokenStream {
    let domain = format!("{catalogue}/attributes/{attribute}");
    quote!(::candor::kind::Choice<{ ::candor::domain_id(#domain) }>)
}

fn structure_kind(catalogue: &str, object: &str) -> TokenStream {
    let domain = format!("{catalogue}/objects/{object}");
    quote!(::candor::kind::Structure<{ ::candor::domain_id(#domain) }>)
}

/// The kind of an attribute, as a type.
pub fn expand_kind(catalogue: &Catalogue, attribute: &Attribute) -> TokenStream {
    expand_kind_of(catalogue, attribute, &attribute.ty)
}

fn expand_kind_of(catalogue: &Catalogue, attribute: &Attribute, ty: &Type) -> TokenStream {
    match ty {
        Type::String(_) => quote!(::candor::kind::Text),
        Type::Boolean => quote!(::candor::kind::Boolean),
        Type::Int { .. } => quote!(::candor::kind::Int),
        Type::Double { .. } => quote!(::candor::kind::Double),
        Type::Timestamp => quote!(::candor::kind::Timestamp),
        Type::Enum(_) => choice_kind(catalogue.head().name(), &attribute.id),
        Type::Object(id) => structure_kind(catalogue.head().name(), &catalogue.object(*id).id),
        Type::List { item, .. } => {
            let item = expand_kind_of(catalogue, attribute, item);
            quote!(::candor::kind::List<#item>)
        }
    }
}

/// The constant with what the catalogue says of an attribute, in its module.
pub fn expand_attribute(catalogue: &Catalogue, attribute: &Attribute, visibility: &TokenStream) -> TokenStream {
    let constant = ident(&static_name(&attribute.id));
    let kind = expand_kind(catalogue, attribute);
    let info = expand_info(catalogue, attribute, Scope::Modules);
    let docs = doc_lines(&attribute_doc(catalogue, attribute));
    quote! {
        #docs
        #visibility static #constant: ::candor::Attribute<#kind> = ::candor::Attribute::new(#info);
    }
}

/// The constant with what the catalogue says of these attributes, in a block.
pub fn expand_attributes<'c>(
    catalogue: &'c Catalogue,
    attributes: impl IntoIterator<Item = &'c Attribute>,
) -> TokenStream {
    let (fields, values): (Vec<_>, Vec<_>) = attributes
        .into_iter()
        .map(|attribute| {
            let name = ident(&static_name(&attribute.id));
            let kind = expand_kind(catalogue, attribute);
            let info = expand_info(catalogue, attribute, Scope::Block);
            (quote!(#name: ::candor::Attribute<#kind>), quote!(#name: ::candor::Attribute::new(#info)))
        })
        .unzip();
    quote! {
        #[allow(non_snake_case, reason = "named as constants are")]
        struct __Attributes { #(#fields),* }
        static ATTRIBUTES: __Attributes = __Attributes { #(#values),* };
    }
}

fn expand_info(catalogue: &Catalogue, attribute: &Attribute, scope: Scope) -> TokenStream {
    let Attribute { id, name, .. } = attribute;
    let row = &catalogue.row(attribute.row).title;
    let collected = expand_collected(attribute.collected);
    let domain = expand_domain(catalogue, &attribute.ty, scope);
    let encoding = match attribute.encoding {
        Encoding::Map => quote!(Map),
        Encoding::Json => quote!(Json),
    };
    let on_violation = match attribute.on_violation {
        OnViolation::Drop => quote!(Drop),
        OnViolation::Truncate => quote!(Truncate),
    };
    quote! {
        ::candor::AttributeInfo {
            id: #id,
            name: #name,
            row: #row,
            collected: #collected,
            domain: #domain,
            encoding: ::candor::Encoding::#encoding,
            on_violation: ::candor::OnViolation::#on_violation,
        }
    }
}

fn expand_collected(collected: Collected) -> TokenStream {
    match collected {
        Collected::Default => quote!(::candor::Collected::Default),
        Collected::OptIn => quote!(::candor::Collected::OptIn),
    }
}

fn expand_domain(catalogue: &Catalogue, ty: &Type, scope: Scope) -> TokenStream {
    match ty {
        Type::String(domain) => {
            let max_length = expand_size(domain.max_length);
            let pattern = match &domain.pattern {
                Some(pattern) => quote!(::core::option::Option::Some(::candor::pattern!(#pattern))),
                None => quote!(::core::option::Option::None),
            };
            quote!(::candor::Domain::String { max_length: #max_length, pattern: #pattern })
        }
        Type::Boolean => quote!(::candor::Domain::Boolean),
        Type::Int { minimum, maximum } => {
            let minimum = minimum.map_or(quote!(i64::MIN), |value| quote!(#value));
            let maximum = maximum.map_or(quote!(i64::MAX), |value| quote!(#value));
            quote!(::candor::Domain::Int { minimum: #minimum, maximum: #maximum })
        }
        Type::Double { minimum, maximum } => {
            let minimum = minimum.map_or(quote!(f64::MIN), |value| quote!(#value));
            let maximum = maximum.map_or(quote!(f64::MAX), |value| quote!(#value));
            quote!(::candor::Domain::Double { minimum: #minimum, maximum: #maximum })
        }
        Type::Timestamp => quote!(::candor::Domain::Timestamp),
        Type::Enum(members) => quote!(::candor::Domain::Enum(&[#(#members),*])),
        Type::Object(id) => {
            let constant = scope.object(&catalogue.object(*id).id);
            quote!(::candor::Domain::Object(&#constant))
        }
        Type::List { item, max_items } => {
            let item = expand_domain(catalogue, item, scope);
            let max_items = expand_size(*max_items);
            quote!(::candor::Domain::List { item: &#item, max_items: #max_items })
        }
    }
}

fn expand_size(size: Option<usize>) -> TokenStream {
    size.map_or(quote!(usize::MAX), |size| {
        let size = Literal::usize_unsuffixed(size);
        quote!(#size)
    })
}

/// The constant with what the catalogue says of an object.
pub fn expand_object(catalogue: &Catalogue, object: &Object, visibility: &TokenStream, scope: Scope) -> TokenStream {
    let constant = scope.name("object", &object.id);
    let id = &object.id;
    let name = catalogue.head().name();
    let fields = object.fields.iter().map(|field| {
        let attribute = scope.attribute(&catalogue.attribute(field.attribute).id);
        let (name, requirement) = (&field.name, requirement(field.required));
        quote!(::candor::ObjectField::#requirement(#name, &#attribute.info))
    });
    let docs = doc_lines(object.brief.as_deref().unwrap_or(&object.id));
    quote! {
        #docs
        #visibility static #constant: ::candor::ObjectInfo =
            ::candor::ObjectInfo { catalogue: #name, id: #id, fields: &[#(#fields),*] };
    }
}

/// The constant with what the catalogue says of a signal.
pub fn expand_signal(catalogue: &Catalogue, signal: &Signal, visibility: &TokenStream, scope: Scope) -> TokenStream {
    let constant = scope.name("signal", &signal.id);
    let Signal { id, name, .. } = signal;
    let catalogue_name = catalogue.head().name();
    let kind = match signal.kind {
        SignalKind::Span => quote!(Span),
        SignalKind::Event => quote!(Event),
    };
    let collected = expand_collected(signal.collected);
    let attributes = signal.attributes.iter().map(|carried| {
        let attribute = scope.attribute(&catalogue.attribute(carried.attribute).id);
        let requirement = requirement(carried.required);
        quote!(::candor::SignalAttribute::#requirement(&#attribute.info))
    });
    let docs = doc_lines(&signal_doc(catalogue, signal));
    quote! {
        #docs
        #visibility static #constant: ::candor::Signal = ::candor::Signal {
            catalogue: #catalogue_name,
            id: #id,
            kind: ::candor::SignalKind::#kind,
            name: #name,
            collected: #collected,
            attributes: &[#(#attributes),*],
        };
    }
}

/// The constant with the catalogue's head and all its signals.
pub fn expand_catalogue(catalogue: &Catalogue, name: &Ident, visibility: &TokenStream, scope: Scope) -> TokenStream {
    let head = catalogue.head();
    let (id, title, version, service) = (head.name(), head.title(), head.version(), head.service());
    let option = |text: Option<&str>| match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    };
    let (endpoint, opt_in, opt_out) = (option(head.endpoint()), option(head.opt_in()), head.opt_out());
    let signals = catalogue.signals().iter().map(|signal| scope.signal(&signal.id));
    let disclosure = expand_disclosure(catalogue);
    let docs = doc_lines(&format!("The telemetry catalogue of {title}, version {version}."));
    quote! {
        #docs
        #visibility static #name: ::candor::Catalogue = ::candor::Catalogue {
            name: #id,
            title: #title,
            version: #version,
            service: #service,
            endpoint: #endpoint,
            opt_in: #opt_in,
            opt_out: &[#(#opt_out),*],
            signals: &[#(&#signals),*],
            disclosure: #disclosure,
        };
    }
}

/// What people are told of a catalogue, and all of it for machines.
fn expand_disclosure(catalogue: &Catalogue) -> TokenStream {
    let intro = match &catalogue.head().docs().intro {
        Some(intro) => quote!(::core::option::Option::Some(#intro)),
        None => quote!(::core::option::Option::None),
    };
    let rows = rows(catalogue, &PLAIN).into_iter().map(|Row { collected, title, specifics }| {
        let collected = expand_collected(collected);
        quote!(::candor::Row { title: #title, collected: #collected, specifics: #specifics })
    });
    let (head, document) = embed(catalogue);
    let document = raw_literal(&document);
    quote! {
        ::candor::Disclosure {
            intro: #intro,
            rows: &[#(#rows),*],
            embedded: ::core::concat!(#head, #document),
        }
    }
}

/// A text as a literal with its own lines and without escapes, so that a change is a line in a review.
fn raw_literal(text: &str) -> Literal {
    let fences = (1..).map(|count| "#".repeat(count));
    let literals =
        fences.filter(|fence| !text.contains(&format!("\"{fence}"))).map(|fence| format!("r{fence}\"{text}\"{fence}"));
    let literal = literals.take(1).find_map(|literal| literal.parse().ok());
    literal.unwrap_or_else(|| Literal::string(text))
}

/// What a reviewer should know of an attribute: what, row, collected, personal data.
pub fn attribute_doc(catalogue: &Catalogue, attribute: &Attribute) -> String {
    let row = &catalogue.row(attribute.row).title;
    let when = match attribute.collected {
        Collected::Default => "by default",
        Collected::OptIn => "only after opt-in",
    };
    let personal = match attribute.personal {
        Personal::None => "No personal data.",
        Personal::Possible => "May hold personal data.",
    };
    let mut text = format!("{}\n\nRow: {row}. Collected {when}. {personal}", attribute.brief);
    if let Some(note) = &attribute.note {
        text += &format!("\n\n{note}");
    }
    text
}

/// The same of a signal.
pub fn signal_doc(catalogue: &Catalogue, signal: &Signal) -> String {
    let when = match signal.collected {
        Collected::Default => "by default",
        Collected::OptIn => "only after opt-in",
    };
    let row = signal.row.map(|row| format!(" Row: {}.", catalogue.row(row).title)).unwrap_or_default();
    let Signal { name, kind, brief, .. } = signal;
    format!("{brief}\n\nThe {} “{name}”.{row} Sent {when}.", kind.word())
}

/// Text as doc comments that mean just the text: no links, no HTML, nothing that ends or breaks a comment.
pub fn doc_lines(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| {
        let line = line.trim_end();
        let text = if line.is_empty() { String::new() } else { format!(" {}", doc_text(line)) };
        quote!(#[doc = #text])
    });
    quote!(#(#lines)*)
}

fn doc_text(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '[' | ']' | '<' | '>' | '\\' | '`' | '*' | '_' | '#' => {
                text.push('\\');
                text.push(c);
            }
            // Bidirectional controls change how code reads; rustc refuses them in comments.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text
}
