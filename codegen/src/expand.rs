//! The expansion that the derive macro and the generator share.
//!
//! A [`RecordPlan`] says which field is which attribute; [`expand_record`] writes the one function in which the filter
//! stands in plain sight: default attributes first, then those of each channel behind its proof. The constant with the catalogue's head
//! comes from here, too; those that it names are [`constants`](crate::constants).

use std::collections::BTreeSet;

use candor_schema::{
    Attribute, Catalogue, Channel, Choice, Collected, Identifier, OPT_IN, OptOut, OptOutKind, Period, Personal, Signal,
    escape_invisible,
};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::constants::endpoints::expand_endpoints;
use crate::constants::{Scope, expand_choice_kind, expand_structure_kind, requirement};
use crate::embedded::embed;
use crate::fields::UNGUARDED;
use crate::joined::{JoinedPlan, expand_joined};
use crate::names::ident;
use crate::prose::PLAIN;
use crate::table::{Row, is_impersonal, rows};

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
    /// The fields, in the order they are visited.
    pub fields: Vec<RecordField>,
}

/// The kind of an implementation, and its trait.
pub enum Target {
    /// `Telemetry` for a signal.
    Signal {
        /// Key in the catalogue.
        id: String,
        /// The catalogue's short name.
        catalogue: String,
        /// The channel that it is sent through.
        channel: u8,
        /// The spans that it may be joined with.
        joined: JoinedPlan,
    },
    /// `Resource` for the attributes of the process.
    Resource {
        /// The catalogue's short name.
        catalogue: String,
    },
    /// `Object` for an object.
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
    /// The place at which mistakes about its type are shown.
    pub span: Span,
    /// Set if the attribute must be there.
    pub required: bool,
    /// The channel of the attribute itself: recording it takes the proof, unless it is [`UNGUARDED`].
    pub channel: u8,
    /// The channel behind which the field is read.
    pub behind: u8,
}

/// The implementation: which field goes where, and which only behind consent.
pub fn expand_record(plan: &RecordPlan, scope: Scope<'_>) -> TokenStream {
    let RecordPlan { impl_generics, ty, where_clause, parameter, .. } = plan;
    let receiver = match &plan.target {
        Target::Signal { .. } | Target::Resource { .. } => ident("recorder"),
        Target::Object { .. } => ident("fields"),
    };
    let calls = expand_calls(plan, &receiver, scope);
    let receiver_arg = if plan.fields.is_empty() { ident("_") } else { receiver };
    match &plan.target {
        Target::Signal { id, catalogue, joined, .. } => {
            let constant = scope.signal(id);
            let joined = expand_joined(plan, joined);
            quote! {
                impl #impl_generics ::candor::Telemetry for #ty #where_clause {
                    type Catalogue = ::candor::CatalogueId<{ ::candor::domain_id(#catalogue) }>;

                    const SIGNAL: &'static ::candor::Signal = &#constant;

                    fn record<#parameter: ::candor::Recorder>(&self, #receiver_arg: &mut #parameter) {
                        #calls
                    }
                }

                #joined
            }
        }
        Target::Resource { catalogue } => {
            let constant = scope.resource();
            quote! {
                impl #impl_generics ::candor::Resource for #ty #where_clause {
                    type Catalogue = ::candor::CatalogueId<{ ::candor::domain_id(#catalogue) }>;

                    const RESOURCE: &'static ::candor::ResourceInfo = &#constant;

                    fn record<#parameter: ::candor::Recorder>(&self, #receiver_arg: &mut #parameter) {
                        #calls
                    }
                }
            }
        }
        Target::Object { id, catalogue } => {
            let constant = scope.object(id);
            let kind = expand_structure_kind(catalogue, id);
            quote! {
                impl #impl_generics ::candor::Object for #ty #where_clause {
                    const OBJECT: &'static ::candor::ObjectInfo = &#constant;

                    fn record<#parameter: ::candor::Fields>(&self, #receiver_arg: &mut #parameter) {
                        #calls
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

/// The calls for all fields: in plain sight, and behind the proof of each channel. A channel's proof is asked for behind
/// that of the signal.
fn expand_calls(plan: &RecordPlan, receiver: &Ident, scope: Scope<'_>) -> TokenStream {
    let of_signal = match plan.target {
        Target::Signal { channel, .. } => channel,
        Target::Object { .. } | Target::Resource { .. } => UNGUARDED,
    };
    let channels: BTreeSet<u8> = plan.fields.iter().map(|field| field.behind).collect();
    let group = |channel: u8| {
        let fields: Vec<_> = plan.fields.iter().filter(|field| field.behind == channel).collect();
        let calls: Vec<_> = fields.iter().map(|field| expand_call(plan, receiver, field, scope)).collect();
        (quote!(#(#calls)*), fields.iter().any(|field| field.channel != UNGUARDED))
    };
    let others = channels.iter().filter(|channel| **channel != of_signal).map(|channel| {
        let (calls, takes_proof) = group(*channel);
        behind(receiver, *channel, takes_proof, &calls)
    });
    let others = quote!(#(#others)*);
    let (own, takes_proof) = group(of_signal);
    let calls = quote!(#own #others);
    if of_signal == UNGUARDED || calls.is_empty() {
        return calls;
    }
    behind(receiver, of_signal, takes_proof, &calls)
}

/// Calls that are made only if a channel was granted.
fn behind(receiver: &Ident, channel: u8, takes_proof: bool, calls: &TokenStream) -> TokenStream {
    let proof = if channel == OPT_IN {
        quote!(#receiver.opted_in())
    } else {
        let number = Literal::u8_unsuffixed(channel);
        quote!(#receiver.granted::<#number>())
    };
    let name = proof_name(channel);
    match takes_proof {
        true => quote!(if let ::core::option::Option::Some(#name) = #proof { #calls }),
        false => quote!(if #proof.is_some() { #calls }),
    }
}

/// The variable that holds the proof of a channel.
fn proof_name(channel: u8) -> Ident {
    if channel == OPT_IN { ident("opt_in") } else { ident(&format!("channel_{channel}")) }
}

fn expand_call(plan: &RecordPlan, receiver: &Ident, field: &RecordField, scope: Scope<'_>) -> TokenStream {
    let requirement = requirement(field.required);
    let takes_proof = field.channel != UNGUARDED;
    let method = if takes_proof { format!("{requirement}_in") } else { requirement.to_owned() };
    let method = Ident::new(&method, field.span);
    let proof = takes_proof.then(|| proof_name(field.channel)).map(|name| quote!(#name,));
    let constant = scope.attribute(&field.attribute);
    let access = &field.access;
    match plan.target {
        Target::Signal { .. } | Target::Resource { .. } => {
            quote_spanned!(field.span=> #receiver.#method(#proof &#constant, &#access);)
        }
        Target::Object { .. } => {
            let name = &field.name;
            quote_spanned!(field.span=> #receiver.#method(#proof #name, &#constant, &#access);)
        }
    }
}

/// An enum in Rust that is an enum of the catalogue: which variant is which member.
pub struct ChoicePlan {
    /// The catalogue's short name.
    pub catalogue: String,
    /// Key of the attribute in the catalogue.
    pub attribute: String,
    /// Set if one member stands for every value that is not listed.
    pub is_open: bool,
    /// The type.
    pub ty: TokenStream,
    /// The variants, and the members that they are.
    pub variants: Vec<ChoiceVariant>,
}

/// One variant of an enum.
pub struct ChoiceVariant {
    /// Its name.
    pub name: Ident,
    /// Set if it carries something, which is never read.
    pub carries: bool,
    /// The member that it is.
    pub member: Choice,
}

/// The implementation of `Value` for an enum.
pub fn expand_choice(plan: &ChoicePlan) -> TokenStream {
    let kind = expand_choice_kind(&plan.catalogue, &plan.attribute, plan.is_open);
    let ty = &plan.ty;
    let are_texts = plan.variants.iter().all(|variant| matches!(variant.member, Choice::Text(_)));
    let arms = plan.variants.iter().map(|ChoiceVariant { name, carries, member }| {
        let pattern = if *carries { quote!(#ty::#name { .. }) } else { quote!(#ty::#name) };
        let shown = if are_texts { expand_text(member) } else { expand_shown(member) };
        quote!(#pattern => #shown)
    });
    let body = quote!(match self { #(#arms,)* });
    let body = if are_texts { quote!(visitor.choice(#body);) } else { body };
    quote! {
        impl ::candor::Value<#kind> for #ty {
            fn visit<V: ::candor::Visitor>(&self, visitor: &mut V) {
                #body
            }
        }
    }
}

fn expand_text(member: &Choice) -> TokenStream {
    let text = member.to_string();
    quote!(#text)
}

/// The call that shows a member to a visitor.
fn expand_shown(member: &Choice) -> TokenStream {
    match member {
        Choice::Text(text) => quote!(visitor.choice(#text)),
        Choice::Boolean(value) => quote!(visitor.boolean(#value)),
        Choice::Int(value) => quote!(visitor.int(::core::option::Option::Some(#value))),
        Choice::Double(value) => quote!(visitor.double(#value)),
    }
}

fn expand_collected(channels: &[Collected]) -> TokenStream {
    match channels {
        [Collected::Default] => quote!(::candor::Collected::Default),
        [Collected::OptIn] => quote!(::candor::Collected::OptIn),
        channels => {
            let numbers = channels.iter().map(|collected| Literal::u8_unsuffixed(collected.number()));
            quote!(::candor::Collected::Through(&[#(#numbers),*]))
        }
    }
}

fn expand_channel(channel: &Channel) -> TokenStream {
    let (name, title, brief) = (&channel.name, &channel.title, &channel.brief);
    let (number, grants) = (Literal::u8_unsuffixed(channel.number), Literal::u32_unsuffixed(channel.grants.bits()));
    quote! {
        ::candor::Channel {
            name: #name,
            number: #number,
            title: #title,
            brief: #brief,
            grants: ::candor::Consent::from_bits(#grants),
        }
    }
}

/// The constant with the catalogue's head and all its signals.
pub fn expand_catalogue(
    catalogue: &Catalogue,
    name: &Ident,
    visibility: &TokenStream,
    scope: Scope<'_>,
) -> TokenStream {
    let head = catalogue.head();
    let (id, title, version, service) = (head.name(), head.title(), head.version(), head.service());
    let option = |text: Option<&str>| match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    };
    let (endpoints, opt_in) = (expand_endpoints(head), option(head.opt_in()));
    let opt_out = head.opt_out().iter().map(expand_opt_out);
    let installation_id = expand_installation_id(catalogue);
    let channels = head.channels().iter().map(expand_channel);
    let ask = option(head.ask().map(|ask| ask.question.as_deref().unwrap_or_default()));
    let signals = catalogue.signals().iter().map(|signal| scope.signal(&signal.id));
    let resource = scope.resource();
    let disclosure = expand_disclosure(catalogue);
    let docs = doc_lines(&format!("The telemetry catalogue of {title}, version {version}."));
    quote! {
        #docs
        #visibility static #name: ::candor::Catalogue = ::candor::Catalogue {
            name: #id,
            title: #title,
            version: #version,
            service: #service,
            endpoints: #endpoints,
            opt_in: #opt_in,
            opt_out: &[#(#opt_out),*],
            installation_id: #installation_id,
            channels: &[#(#channels),*],
            ask: #ask,
            signals: &[#(&#signals),*],
            resource: &#resource,
            disclosure: #disclosure,
        };
    }
}

/// The installation id that the runtime keeps. Where several attributes rotate, the shortest promise counts for all.
fn expand_installation_id(catalogue: &Catalogue) -> TokenStream {
    let is_own = |identifier: &&Identifier| identifier.is_installation();
    let own = || {
        let attributes = catalogue.attributes().iter();
        attributes.filter_map(move |one| Some((&*one.id, one.identifier.as_ref().filter(is_own)?)))
    };
    let ids: Vec<&str> = own().map(|(id, _)| id).collect();
    if ids.is_empty() {
        return quote!(::core::option::Option::None);
    }
    let rotates = match own().filter_map(|(_, identifier)| identifier.rotates).map(Period::seconds).min() {
        Some(seconds) => quote!(::core::option::Option::Some(#seconds)),
        None => quote!(::core::option::Option::None),
    };
    quote!(::core::option::Option::Some(::candor::InstallationIdPolicy {
        attributes: &[#(#ids),*],
        rotates_seconds: #rotates,
    }))
}

fn expand_opt_out(opt_out: &OptOut) -> TokenStream {
    let name = &opt_out.name;
    let kind = match opt_out.kind {
        OptOutKind::Variable if opt_out.off_when_false => quote!(VariableOffWhenFalse),
        OptOutKind::Variable => quote!(Variable),
        OptOutKind::Flag => quote!(Flag),
        OptOutKind::Setting => quote!(Setting),
        OptOutKind::Command => quote!(Command),
    };
    quote!(::candor::OptOut::#kind(#name))
}

/// Expands the `Disclosure` of a catalogue: the lines for people, and all of it for machines.
fn expand_disclosure(catalogue: &Catalogue) -> TokenStream {
    let intro = match &catalogue.head().docs().intro {
        Some(intro) => quote!(::core::option::Option::Some(#intro)),
        None => quote!(::core::option::Option::None),
    };
    let rows = rows(catalogue, &PLAIN).into_iter().map(|Row { channels, title, specifics }| {
        let collected = expand_collected(&channels);
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

/// Describes an attribute for reviewers: brief, row, collected, personal data.
pub fn attribute_doc(catalogue: &Catalogue, attribute: &Attribute) -> String {
    let row = &catalogue.row(attribute.row).title;
    let when = when(catalogue, attribute.collected);
    let personal = match attribute.personal {
        Some(Personal::Possible) => " May hold personal data.",
        Some(Personal::None) if is_impersonal(attribute) && attribute.domain.object().is_none() => " No personal data.",
        _ => "",
    };
    let unit = attribute.unit.as_ref().map(|unit| format!(" Unit: {}.", unit.code())).unwrap_or_default();
    let mut text = format!("{}\n\nRow: {row}. Collected {when}.{unit}{personal}", attribute.brief);
    if let Some(note) = &attribute.note {
        text += &format!("\n\n{note}");
    }
    text
}

fn when(catalogue: &Catalogue, collected: Collected) -> String {
    if collected == Collected::OptIn { "only after opt-in".to_owned() } else { catalogue.when(collected) }
}

/// The same of a signal.
pub fn signal_doc(catalogue: &Catalogue, signal: &Signal) -> String {
    let when = when(catalogue, signal.collected);
    let row = signal.row.map(|row| format!(" Row: {}.", catalogue.row(row).title)).unwrap_or_default();
    let (name, kind, brief) = (&signal.name, signal.kind.word(), &signal.brief);
    format!("{brief}\n\nThe {kind} “{name}”.{row} Sent {when}.")
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
    // What changes how code reads is refused by rustc, in comments too.
    for c in escape_invisible(line).chars() {
        match c {
            '[' | ']' | '<' | '>' | '\\' | '`' | '*' | '_' | '#' => {
                text.push('\\');
                text.push(c);
            }
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text
}
