//! The validator in Rust: which payloads may be sent, as code in the order in which the emitters write.
//!
//! It calls the same functions as the validator that is built at run time, with what the catalogue says as constants.

use candor_schema::{Attribute, Catalogue, Collected, Object, Signal, SignalKind, StringDomain, Type};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::Artefact;
use crate::expand::doc_lines;
use crate::rust::{render_file, rustfmt_skip};

/// Every decision about the validator.
#[derive(Debug)]
pub struct ValidatorPlan {
    /// One function per attribute that a signal or an object has.
    pub attributes: Vec<AttributePlan>,
    /// One function per object.
    pub objects: Vec<ObjectPlan>,
    /// One function per signal: all spans, then all events.
    pub signals: Vec<SignalPlan>,
}

/// One attribute.
#[derive(Debug)]
pub struct AttributePlan {
    /// Key in the catalogue.
    pub id: String,
    /// Type and domain.
    pub domain: Type,
    /// Key of the object that it holds.
    pub object: Option<String>,
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
    /// Whether it is sent only after opt-in.
    pub opt_in: bool,
    /// Its attributes.
    pub members: Vec<MemberPlan>,
}

/// An attribute of a signal, or a field of an object.
#[derive(Debug)]
pub struct MemberPlan {
    /// Name on the wire.
    pub name: String,
    /// Key of the attribute.
    pub attribute: String,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it is there only after opt-in.
    pub opt_in: bool,
}

/// Decides what is read where.
pub fn plan(catalogue: &Catalogue) -> ValidatorPlan {
    ValidatorPlan {
        attributes: catalogue.attributes().iter().map(|attribute| plan_attribute(catalogue, attribute)).collect(),
        objects: catalogue.objects().iter().map(|object| plan_object(catalogue, object)).collect(),
        signals: catalogue.signals().iter().map(|signal| plan_signal(catalogue, signal)).collect(),
    }
}

fn plan_attribute(catalogue: &Catalogue, attribute: &Attribute) -> AttributePlan {
    AttributePlan {
        id: attribute.id.clone(),
        domain: attribute.ty.clone(),
        object: attribute.ty.object().map(|id| catalogue.object(id).id.clone()),
    }
}

fn plan_object(catalogue: &Catalogue, object: &Object) -> ObjectPlan {
    let fields = object.fields.iter().map(|field| {
        let attribute = catalogue.attribute(field.attribute);
        MemberPlan {
            name: field.name.clone(),
            attribute: attribute.id.clone(),
            required: field.required,
            nullable: !field.required,
            opt_in: attribute.collected == Collected::OptIn,
        }
    });
    ObjectPlan { id: object.id.clone(), members: fields.collect() }
}

fn plan_signal(catalogue: &Catalogue, signal: &Signal) -> SignalPlan {
    let signal_is_opt_in = signal.collected == Collected::OptIn;
    let attributes = signal.attributes.iter().map(|own| {
        let attribute = catalogue.attribute(own.attribute);
        let opt_in = attribute.collected == Collected::OptIn;
        MemberPlan {
            name: attribute.name.clone(),
            attribute: attribute.id.clone(),
            // What a signal sends without the opt-in must be enough with it.
            required: own.required && (signal_is_opt_in || !opt_in),
            nullable: false,
            opt_in,
        }
    });
    SignalPlan {
        id: signal.id.clone(),
        kind: signal.kind,
        name: signal.name.clone(),
        opt_in: signal_is_opt_in,
        members: attributes.collect(),
    }
}

const DOCS: &str = "Payloads held against the catalogue, with what it says in the code.";

/// The module as a file of the crate of emitters.
pub fn render(plan: &ValidatorPlan) -> Vec<Artefact> {
    let items = expand(plan);
    let docs = format!(" {DOCS}");
    let skip = rustfmt_skip();
    let text = render_file(quote!(#![doc = #docs] #skip #items), &[]);
    vec![Artefact { path: "src/validate.rs".to_owned(), text }]
}

/// The module for the emitters as one file.
pub(crate) fn expand_module(plan: &ValidatorPlan) -> TokenStream {
    let (docs, items) = (doc_lines(DOCS), expand(plan));
    quote! {
        #docs
        #[allow(dead_code, reason = "a program need not use all of its catalogue")]
        pub mod validate { #items }
    }
}

fn expand(plan: &ValidatorPlan) -> TokenStream {
    let attributes = plan.attributes.iter().map(expand_attribute);
    let objects = plan.objects.iter().map(expand_object);
    let signals = plan.signals.iter().map(expand_signal);
    let spans = expand_names(plan, SignalKind::Span);
    let events = expand_names(plan, SignalKind::Event);
    quote! {
        use std::sync::LazyLock;

        #[allow(unused_imports, reason = "a catalogue need not have every type")]
        use ::candor::validate::{
            Cursor, JsonText, Kind, Level, Members, Pattern, Read, Refused, Signals, Validator, Verdict, Violation, values,
        };

        /// Whether a payload may be sent at a level of consent. Reads no further than to the first thing that is wrong.
        pub fn is_valid(level: Level, payload: &[u8]) -> bool {
            ::candor::validate::is_valid(payload, &Payloads { opted_in: level == Level::OptedIn })
        }

        /// Everything that is wrong with a payload at a level of consent, in the order of the places; nothing when it
        /// may be sent.
        pub fn check(level: Level, payload: &[u8]) -> Vec<Violation> {
            static DEFAULT: LazyLock<Validator<'static>> =
                LazyLock::new(|| ::candor::validate::validator(&super::CATALOGUE, Level::Default));
            static OPTED_IN: LazyLock<Validator<'static>> =
                LazyLock::new(|| ::candor::validate::validator(&super::CATALOGUE, Level::OptedIn));
            if is_valid(level, payload) {
                return Vec::new();
            }
            if level == Level::OptedIn { OPTED_IN.check(payload) } else { DEFAULT.check(payload) }
        }

        /// What may be sent.
        struct Payloads {
            opted_in: bool,
        }

        type Signal = fn(&Payloads, &mut Cursor<'_>, &mut Verdict) -> Read<()>;

        #spans
        #events

        impl Signals<Verdict> for Payloads {
            type Signal = Signal;

            fn find(&self, kind: Kind, name: &JsonText<'_>) -> Option<Signal> {
                let signals = if kind == Kind::Span { SPANS } else { EVENTS };
                let (_, _, signal) = signals.iter().find(|(own, opt_in, _)| name.is(own) && (self.opted_in || !opt_in))?;
                Some(*signal)
            }

            fn attributes(&self, signal: Signal, cursor: &mut Cursor<'_>, verdict: &mut Verdict) -> Read<()> {
                signal(self, cursor, verdict)
            }
        }

        impl Payloads {
            #(#signals)*
            #(#objects)*
            #(#attributes)*
        }
    }
}

/// The signals of a kind: name, whether it is sent only after opt-in, function.
fn expand_names(plan: &ValidatorPlan, kind: SignalKind) -> TokenStream {
    let name = if kind == SignalKind::Span { quote!(SPANS) } else { quote!(EVENTS) };
    let signals = plan.signals.iter().filter(|signal| signal.kind == kind).map(|signal| {
        let (name, opt_in, function) = (&signal.name, signal.opt_in, signal_function(&signal.id));
        quote!((#name, #opt_in, Payloads::#function))
    });
    quote!(const #name: &[(&str, bool, Signal)] = &[#(#signals),*];)
}

fn signal_function(id: &str) -> Ident {
    format_ident!("signal_{id}")
}

fn object_function(id: &str) -> Ident {
    format_ident!("object_{id}")
}

fn attribute_function(id: &str) -> Ident {
    format_ident!("attribute_{id}")
}

fn expand_signal(signal: &SignalPlan) -> TokenStream {
    let function = signal_function(&signal.id);
    let members = expand_members(&signal.members);
    let required = expand_required(&signal.members);
    quote! {
        fn #function(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict) -> Read<()> {
            #members
            if !members.has_all(#required) {
                verdict.incomplete();
            }
            Ok(())
        }
    }
}

fn expand_object(object: &ObjectPlan) -> TokenStream {
    let function = object_function(&object.id);
    let members = expand_members(&object.members);
    let required = expand_required(&object.members);
    quote! {
        fn #function(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict, nullable: bool) -> Read<()> {
            if cursor.peek() != b'{' {
                return values::other(cursor, verdict, nullable, "an object");
            }
            #members
            if members.has_all(#required) { Ok(()) } else { Err(Refused) }
        }
    }
}

/// First in the order of the catalogue, where one comparison finds the next key; then in whatever order they come.
fn expand_members(members: &[MemberPlan]) -> TokenStream {
    let words = words(members);
    let read = |member: &MemberPlan| {
        let (function, nullable) = (attribute_function(&member.attribute), member.nullable);
        quote!(self.#function(cursor, verdict, #nullable)?)
    };
    let in_order = members.iter().enumerate().map(|(position, member)| {
        let consent = member.opt_in.then(|| quote!(self.opted_in &&));
        let key = proc_macro2::Literal::byte_string(serde_json::Value::from(&*member.name).to_string().as_bytes());
        let read = read(member);
        quote! {
            if #consent members.take(cursor, #position, #key) {
                #read;
                members.next(cursor)?;
            }
        }
    });
    let in_any_order = members.iter().enumerate().map(|(position, member)| {
        let consent = member.opt_in.then(|| quote!(if self.opted_in));
        let read = read(member);
        quote!(Some(#position) #consent => #read)
    });
    let names = members.iter().map(|member| &member.name);
    quote! {
        let mut members = Members::<#words>::open(cursor)?;
        #(#in_order)*
        while members.more {
            let position = cursor.key()?.position(&[#(#names),*]);
            members.once(position)?;
            match position {
                #(#in_any_order,)*
                _ => return Err(Refused),
            }
            members.next(cursor)?;
        }
    }
}

/// How many times 64 bits there have to be.
fn words(members: &[MemberPlan]) -> usize {
    members.len().div_ceil(64).max(1)
}

fn expand_required(members: &[MemberPlan]) -> TokenStream {
    let mut required = vec![0_u64; words(members)];
    for (position, _) in members.iter().enumerate().filter(|(_, member)| member.required) {
        required[position / 64] |= 1 << (position % 64);
    }
    quote!([#(#required),*])
}

fn expand_attribute(attribute: &AttributePlan) -> TokenStream {
    let function = attribute_function(&attribute.id);
    let object = attribute.object.as_deref().unwrap_or_default();
    let read = expand_value(&attribute.domain, object, &quote!(nullable));
    quote! {
        #[inline]
        fn #function(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict, nullable: bool) -> Read<()> {
            #read
        }
    }
}

fn expand_value(ty: &Type, object: &str, nullable: &TokenStream) -> TokenStream {
    let most = |most: Option<usize>| most.map_or(quote!(usize::MAX), |most| quote!(#most));
    match ty {
        Type::String(StringDomain { max_length, pattern }) => {
            let most = most(*max_length);
            match pattern {
                Some(pattern) => quote! {
                    static PATTERN: LazyLock<Pattern<'static>> = LazyLock::new(|| Pattern::new(#pattern));
                    values::text(cursor, verdict, #nullable, #most, Some(&PATTERN))
                },
                None => quote!(values::text(cursor, verdict, #nullable, #most, None)),
            }
        }
        Type::Boolean => quote!(values::boolean(cursor, verdict, #nullable)),
        Type::Int { minimum, maximum } => {
            let minimum = minimum.map_or(quote!(i64::MIN), |minimum| quote!(#minimum));
            let maximum = maximum.map_or(quote!(i64::MAX), |maximum| quote!(#maximum));
            quote!(values::integer(cursor, verdict, #nullable, #minimum, #maximum))
        }
        Type::Double { minimum, maximum } => {
            let minimum = minimum.map_or(quote!(f64::MIN), |minimum| quote!(#minimum));
            let maximum = maximum.map_or(quote!(f64::MAX), |maximum| quote!(#maximum));
            quote!(values::double(cursor, verdict, #nullable, #minimum, #maximum))
        }
        Type::Timestamp => quote!(values::timestamp(cursor, verdict, #nullable)),
        Type::Enum(members) => quote!(values::one_of(cursor, verdict, #nullable, &[#(#members),*])),
        Type::Object(_) => {
            let function = object_function(object);
            quote!(self.#function(cursor, verdict, #nullable))
        }
        Type::List { item, max_items } => {
            let (most, item) = (most(*max_items), expand_value(item, object, &quote!(false)));
            quote!(values::list(cursor, verdict, #nullable, #most, |cursor, verdict| { #item }))
        }
    }
}
