//! The validator in Rust: which payloads may be sent, as code in the order in which the emitters write.
//!
//! It calls the same functions as the validator that is built at run time, with what the catalogue says as constants.

mod joins;

use candor_schema::{Attribute, Catalogue, Consent, Domain, OPT_IN, Object, Signal, SignalKind};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use self::joins::{expand_field, expand_joins, expand_value, plan_joins};
use crate::Artefact;
use crate::fields::{Field, UNGUARDED, emitted, object_fields, resource_fields, signal_fields};
use crate::layout::{lay_out_items, render_file, rustfmt_skip};
use crate::types::read_text;

/// Every decision about the validator.
#[derive(Debug)]
pub struct ValidatorPlan {
    /// One function per attribute that a signal or an object has.
    pub attributes: Vec<AttributePlan>,
    /// One function per object.
    pub objects: Vec<ObjectPlan>,
    /// One function per signal: all spans, then all events.
    pub signals: Vec<SignalPlan>,
    /// The channels beyond `default`, by name.
    pub channels: Vec<(String, u8)>,
    /// The attributes of the process.
    pub resource: Vec<MemberPlan>,
    /// True if there are metrics. Their payloads are few: the validator that is built at run time reads them.
    pub has_metrics: bool,
}

impl ValidatorPlan {
    /// Returns whether payloads have parts besides their attributes: bodies, parents, links, or a resource.
    fn has_parts(&self) -> bool {
        !self.resource.is_empty() || self.has_joins() || self.signals.iter().any(|signal| signal.body.is_some())
    }
}

/// One attribute.
#[derive(Debug)]
pub struct AttributePlan {
    /// Key in the catalogue.
    pub id: String,
    /// Its domain.
    pub domain: Domain,
}

/// One object.
#[derive(Debug)]
pub struct ObjectPlan {
    /// Key in the catalogue.
    pub id: String,
    /// Its fields.
    pub members: Vec<MemberPlan>,
}

/// One signal.
#[derive(Debug)]
pub struct SignalPlan {
    /// Key in the catalogue.
    pub id: String,
    /// Span or event.
    pub kind: SignalKind,
    /// Name on the wire.
    pub name: String,
    /// The number of the channel that it is sent through.
    pub channel: u8,
    /// For each way to be joined with a span, the channels of which one set has to be granted.
    pub joins: [Vec<Consent>; 2],
    /// Its attributes.
    pub members: Vec<MemberPlan>,
    /// The body of its log record.
    pub body: Option<MemberPlan>,
}

/// An attribute of a signal, or a field of an object.
#[derive(Debug)]
pub struct MemberPlan {
    /// Name on the wire.
    pub name: String,
    /// Key of the attribute.
    pub attribute: String,
    /// True if it must be there.
    pub required: bool,
    /// True if it may be null.
    pub nullable: bool,
    /// The number of the channel that it needs.
    pub channel: u8,
}

/// Decides what is read where.
pub fn plan(catalogue: &Catalogue) -> ValidatorPlan {
    let named = catalogue.head().channels().iter().map(|channel| (channel.name.clone(), channel.number));
    ValidatorPlan {
        attributes: catalogue.attributes().iter().map(plan_attribute).collect(),
        objects: catalogue.objects().iter().map(|object| plan_object(catalogue, object)).collect(),
        signals: emitted(catalogue).map(|signal| plan_signal(catalogue, signal)).collect(),
        has_metrics: catalogue.signals().iter().any(|signal| signal.kind == SignalKind::Metric),
        channels: [("opt_in".to_owned(), OPT_IN)].into_iter().chain(named).collect(),
        resource: resource_fields(catalogue).into_iter().map(|field| plan_member(field, false)).collect(),
    }
}

fn plan_attribute(attribute: &Attribute) -> AttributePlan {
    AttributePlan { id: attribute.id.to_string(), domain: attribute.domain.clone() }
}

fn plan_object(catalogue: &Catalogue, object: &Object) -> ObjectPlan {
    let members = object_fields(catalogue, object).into_iter().map(|field| plan_member(field, !field.required));
    ObjectPlan { id: object.id.to_string(), members: members.collect() }
}

fn plan_signal(catalogue: &Catalogue, signal: &Signal) -> SignalPlan {
    let fields = signal_fields(catalogue, signal).into_iter();
    let (body, members): (Vec<_>, Vec<_>) = fields.partition(|field| field.body);
    SignalPlan {
        id: signal.id.to_string(),
        kind: signal.kind,
        name: signal.name.to_string(),
        channel: signal.collected.number(),
        joins: plan_joins(catalogue, signal),
        members: members.into_iter().map(|field| plan_member(field, false)).collect(),
        body: body.into_iter().map(|field| plan_member(field, false)).next(),
    }
}

fn plan_member(field: Field<'_>, nullable: bool) -> MemberPlan {
    MemberPlan {
        name: field.wire.to_owned(),
        attribute: field.attribute.id.to_string(),
        required: field.required,
        nullable: nullable || field.attribute.nullable,
        channel: field.channel(),
    }
}

const DOCS: &str = "Payloads held against the catalogue, with what it says in the code.";

/// The module as a file of the crate of emitters.
pub fn render(plan: &ValidatorPlan) -> Vec<Artefact> {
    let (head, docs) = (expand_head(plan), format!(" {DOCS}"));
    let skip = rustfmt_skip();
    let text = render_file(quote!(#![doc = #docs] #skip #head), &[]) + &functions(plan);
    vec![Artefact { path: "src/validate.rs".to_owned(), text }]
}

/// The module for the emitters as one file.
pub(crate) fn render_module(plan: &ValidatorPlan) -> String {
    let mut items = String::new();
    lay_out_items(expand_head(plan), &mut items);
    items += &functions(plan);
    // No literal has a line break in it.
    let items = items.trim().replace('\n', "\n    ");
    format!(
        "\n/// {DOCS}\n\
         #[allow(dead_code, reason = \"a program need not use all of its catalogue\")]\n\
         pub mod validate {{\n    {items}\n}}\n"
    )
}

/// Writes the head of the file, before the functions.
fn expand_head(plan: &ValidatorPlan) -> TokenStream {
    let spans = expand_names(plan, SignalKind::Span);
    let events = expand_names(plan, SignalKind::Event);
    let channels = plan.channels.iter().map(|(name, _)| name);
    let numbers = plan.channels.iter().map(|(_, number)| Literal::u8_unsuffixed(*number));
    let (parts, joins) = (expand_parts(plan), expand_joins(plan));
    let signal = expand_signal(plan);
    let call = if plan.has_parts() { quote!((signal.attributes)) } else { quote!(signal) };
    let or_metric = plan.has_metrics.then(|| quote!(|| slow(consent, |validator| validator.is_valid(payload))));
    quote! {
        use std::sync::LazyLock;

        #[allow(unused_imports, reason = "a catalogue need not have every type")]
        use ::candor::validate::{
            Consent, Cursor, JsonText, Members, Part, Pattern, Read, Refused, SignalKind, Signals, Validator, Verdict, Violation, values,
        };

        /// Returns true if a payload may be sent at a consent. Reads no further than to the first fault.
        pub fn is_valid(consent: Consent, payload: &[u8]) -> bool {
            if !consent.includes(Consent::of(::candor::DEFAULT)) {
                return ::candor::validate::validator(&super::CATALOGUE, consent).check(payload).is_empty();
            }
            ::candor::validate::is_valid(payload, &Payloads { consent }) #or_metric
        }

        /// Everything that is wrong with a payload at a consent, in the order of the places; nothing when it
        /// may be sent.
        pub fn check(consent: Consent, payload: &[u8]) -> Vec<Violation> {
            if is_valid(consent, payload) {
                return Vec::new();
            }
            slow(consent, |validator| validator.check(payload))
        }

        /// The validator that is built at run time.
        fn slow<R>(consent: Consent, ask: impl FnOnce(&Validator<'static>) -> R) -> R {
            static DEFAULT: LazyLock<Validator<'static>> =
                LazyLock::new(|| ::candor::validate::validator(&super::CATALOGUE, Consent::Default));
            static OPTED_IN: LazyLock<Validator<'static>> =
                LazyLock::new(|| ::candor::validate::validator(&super::CATALOGUE, Consent::OptedIn));
            match consent {
                Consent::Default => ask(&DEFAULT),
                Consent::OptedIn => ask(&OPTED_IN),
                consent => ask(&::candor::validate::validator(&super::CATALOGUE, consent)),
            }
        }

        /// The payloads that may be sent: those that are collected by default, at least.
        struct Payloads {
            consent: Consent,
        }

        impl Payloads {
            #[inline]
            const fn has(&self, channel: u8) -> bool {
                self.consent.includes(Consent::of(channel))
            }
        }

        #signal

        #spans
        #events

        impl Signals<Verdict> for Payloads {
            type Signal = Signal;

            fn find(&self, kind: SignalKind, name: &JsonText<'_>) -> Option<Signal> {
                let signals = match kind {
                    SignalKind::Span => SPANS,
                    SignalKind::Event => EVENTS,
                    SignalKind::Metric => &[],
                };
                let (_, _, signal) = signals.iter().find(|(own, channel, _)| name.is(own) && self.has(*channel))?;
                Some(*signal)
            }

            fn is_granted(&self, channel: &str) -> bool {
                match channel {
                    #(#channels => self.has(#numbers),)*
                    _ => false,
                }
            }

            fn attributes(&self, signal: Signal, cursor: &mut Cursor<'_>, verdict: &mut Verdict) -> Read<()> {
                #call(self, cursor, verdict)
            }

            #parts

            #joins
        }
    }
}

/// The signals of a kind: name, channel, function.
fn expand_names(plan: &ValidatorPlan, kind: SignalKind) -> TokenStream {
    let name = if kind == SignalKind::Span { quote!(SPANS) } else { quote!(EVENTS) };
    let signals = plan.signals.iter().filter(|signal| signal.kind == kind).map(|signal| {
        let (name, channel) = (&signal.name, Literal::u8_unsuffixed(signal.channel));
        let function = format_ident!("signal_{}", signal.id);
        let signal =
            if plan.has_parts() { expand_parted(plan, signal, &function) } else { quote!(Payloads::#function) };
        quote!((#name, #channel, #signal))
    });
    quote!(const #name: &[(&str, u8, Signal)] = &[#(#signals),*];)
}

/// Writes the handle of a signal: the reader of its attributes, with that of its body where the catalogue has any.
fn expand_signal(plan: &ValidatorPlan) -> TokenStream {
    if !plan.has_parts() {
        return quote!(
            type Signal = fn(&Payloads, &mut Cursor<'_>, &mut Verdict) -> Read<()>;
        );
    }
    let joins = expand_field(plan);
    quote! {
        type Reader = fn(&Payloads, &mut Cursor<'_>, &mut Verdict) -> Read<()>;

        #[derive(Clone, Copy)]
        struct Signal {
            attributes: Reader,
            body: Option<Reader>,
            needs_body: bool,
            #joins
        }
    }
}

fn expand_parted(plan: &ValidatorPlan, signal: &SignalPlan, function: &Ident) -> TokenStream {
    let body_function = format_ident!("body_{}", signal.id);
    let body = if signal.body.is_some() { quote!(Some(Payloads::#body_function)) } else { quote!(None) };
    let needs_body = signal.body.as_ref().is_some_and(|body| body.required);
    let joins = expand_value(plan, signal);
    quote!(Signal { attributes: Payloads::#function, body: #body, needs_body: #needs_body, #joins })
}

/// Writes the readers of the parts of payloads besides the attributes; nothing where the catalogue has none.
fn expand_parts(plan: &ValidatorPlan) -> TokenStream {
    if !plan.has_parts() {
        return quote!();
    }
    let has_resource = !plan.resource.is_empty();
    let needs_resource = plan.resource.iter().any(|member| member.required);
    quote! {
        fn has(&self, signal: Signal, part: Part) -> bool {
            match part {
                Part::Body => signal.body.is_some(),
                Part::Resource => #has_resource,
                _ => false,
            }
        }

        fn part(&self, signal: Signal, part: Part, cursor: &mut Cursor<'_>, verdict: &mut Verdict) -> Read<()> {
            match (part, signal.body) {
                (Part::Body, Some(body)) => body(self, cursor, verdict),
                (Part::Body, None) => Err(Refused),
                (Part::Resource, _) => self.resource(cursor, verdict),
                _ => Err(Refused),
            }
        }

        fn lacks(&self, signal: Signal, part: Part, verdict: &mut Verdict) {
            let needed = match part {
                Part::Body => signal.needs_body,
                Part::Resource => #needs_resource,
                _ => false,
            };
            if needed {
                verdict.incomplete();
            }
        }
    }
}

/// One function per signal, object and attribute. As text: as syntax, these many small ones would take as long as
/// everything else that is generated.
fn functions(plan: &ValidatorPlan) -> String {
    let signals = plan.signals.iter().map(|signal| attributes_text(&format!("signal_{}", signal.id), &signal.members));
    let resource = plan.has_parts().then(|| attributes_text("resource", &plan.resource));
    let bodies = plan.signals.iter().filter_map(|signal| Some(body_text(&signal.id, signal.body.as_ref()?)));
    let objects = plan.objects.iter().map(object_text);
    let attributes = plan.attributes.iter().map(attribute_text);
    let functions: Vec<String> = signals.chain(resource).chain(bodies).chain(objects).chain(attributes).collect();
    format!("\nimpl Payloads {{\n{}}}\n", functions.join("\n"))
}

fn body_text(id: &str, body: &MemberPlan) -> String {
    let consent = match body.channel {
        UNGUARDED => String::new(),
        channel => format!("        if !self.has({channel}) {{\n            return Err(Refused);\n        }}\n"),
    };
    format!(
        "    fn body_{id}(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict) -> Read<()> {{
{consent}        self.attribute_{}(cursor, verdict, false)
    }}
",
        body.attribute
    )
}

fn attributes_text(function: &str, members: &[MemberPlan]) -> String {
    format!(
        "    fn {}(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict) -> Read<()> {{
{}        if !members.has_all({:?}) {{
            verdict.incomplete();
        }}
        Ok(())
    }}
",
        function,
        members_text(members),
        required(members)
    )
}

fn object_text(object: &ObjectPlan) -> String {
    format!(
        "    fn object_{}(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict, nullable: bool) -> Read<()> {{
        if cursor.peek() != b'{{' {{
            return values::other(cursor, verdict, nullable, \"an object\");
        }}
{}        if members.has_all({:?}) {{ Ok(()) }} else {{ Err(Refused) }}
    }}
",
        object.id,
        members_text(&object.members),
        required(&object.members)
    )
}

/// First in the order of the catalogue, where one comparison finds the next key; then in whatever order they come.
fn members_text(members: &[MemberPlan]) -> String {
    let read =
        |member: &MemberPlan| format!("self.attribute_{}(cursor, verdict, {})?", member.attribute, member.nullable);
    let in_order = members.iter().enumerate().map(|(position, member)| {
        let consent =
            if member.channel == UNGUARDED { String::new() } else { format!("self.has({}) && ", member.channel) };
        let key = Literal::byte_string(serde_json::Value::from(&*member.name).to_string().as_bytes());
        format!(
            "        if {consent}members.take(cursor, {position}, {key}) {{
            {};
            members.next(cursor)?;
        }}
",
            read(member)
        )
    });
    let in_any_order = members.iter().enumerate().map(|(position, member)| {
        let consent =
            if member.channel == UNGUARDED { String::new() } else { format!(" if self.has({})", member.channel) };
        format!("                Some({position}){consent} => {},\n", read(member))
    });
    let names = members.iter().map(|member| format!("                {:?},\n", member.name));
    format!(
        "        let mut members = Members::<{}>::open(cursor)?;
{}        while members.more {{
            let position = cursor.key()?.position(&[
{}            ]);
            members.once(position)?;
            match position {{
{}                _ => return Err(Refused),
            }}
            members.next(cursor)?;
        }}
",
        words(members),
        in_order.collect::<String>(),
        names.collect::<String>(),
        in_any_order.collect::<String>()
    )
}

/// Returns the number of 64-bit words for the members.
fn words(members: &[MemberPlan]) -> usize {
    members.len().div_ceil(64).max(1)
}

/// A bit for each member that has to be there.
fn required(members: &[MemberPlan]) -> Vec<u64> {
    let mut required = vec![0_u64; words(members)];
    for (position, _) in members.iter().enumerate().filter(|(_, member)| member.required) {
        required[position / 64] |= 1 << (position % 64);
    }
    required
}

fn attribute_text(attribute: &AttributePlan) -> String {
    format!(
        "    #[inline]
    fn attribute_{}(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict, nullable: bool) -> Read<()> {{
        {}
    }}
",
        attribute.id,
        read_text(&attribute.domain, "nullable")
    )
}
