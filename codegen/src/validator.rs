//! The validator in Rust: which payloads may be sent, as code in the order in which the emitters write.
//!
//! It calls the same functions as the validator that is built at run time, with what the catalogue says as constants.

use candor_schema::{Attribute, Catalogue, Collected, Object, Signal, SignalKind, StringDomain, Type};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::Artefact;
use crate::layout::{lay_out_items, render_file, rustfmt_skip};

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

/// What stands before the functions.
fn expand_head(plan: &ValidatorPlan) -> TokenStream {
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

/// One function per signal, object and attribute. As text: as syntax, these many small ones would take as long as
/// everything else that is generated.
fn functions(plan: &ValidatorPlan) -> String {
    let signals = plan.signals.iter().map(signal_text);
    let objects = plan.objects.iter().map(object_text);
    let attributes = plan.attributes.iter().map(attribute_text);
    let functions: Vec<String> = signals.chain(objects).chain(attributes).collect();
    format!("\nimpl Payloads {{\n{}}}\n", functions.join("\n"))
}

fn signal_text(signal: &SignalPlan) -> String {
    format!(
        "    fn signal_{}(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict) -> Read<()> {{
{}        if !members.has_all({:?}) {{
            verdict.incomplete();
        }}
        Ok(())
    }}
",
        signal.id,
        members_text(&signal.members),
        required(&signal.members)
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
        let consent = if member.opt_in { "self.opted_in && " } else { "" };
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
        let consent = if member.opt_in { " if self.opted_in" } else { "" };
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

/// How many times 64 bits there have to be.
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
    let object = attribute.object.as_deref().unwrap_or_default();
    format!(
        "    #[inline]
    fn attribute_{}(&self, cursor: &mut Cursor<'_>, verdict: &mut Verdict, nullable: bool) -> Read<()> {{
        {}
    }}
",
        attribute.id,
        value_text(&attribute.domain, object, "nullable")
    )
}

/// An expression that reads a value of this type.
fn value_text(ty: &Type, object: &str, nullable: &str) -> String {
    let most = |most: Option<usize>| most.map_or("usize::MAX".to_owned(), |most| most.to_string());
    let read = format!("cursor, verdict, {nullable}");
    match ty {
        Type::String(StringDomain { max_length, pattern: None }) => {
            format!("values::text({read}, {}, None)", most(*max_length))
        }
        Type::String(StringDomain { max_length, pattern: Some(pattern) }) => format!(
            "static PATTERN: LazyLock<Pattern<'static>> = LazyLock::new(|| Pattern::new({pattern:?}));
        values::text({read}, {}, Some(&PATTERN))",
            most(*max_length)
        ),
        Type::Boolean => format!("values::boolean({read})"),
        Type::Int { minimum, maximum } => {
            let [minimum, maximum] = bounds(*minimum, *maximum, "i64");
            format!("values::integer({read}, {minimum}, {maximum})")
        }
        Type::Double { minimum, maximum } => {
            let [minimum, maximum] = bounds(*minimum, *maximum, "f64");
            format!("values::double({read}, {minimum}, {maximum})")
        }
        Type::Timestamp => format!("values::timestamp({read})"),
        Type::Enum(members) => format!("values::one_of({read}, &{members:?})"),
        Type::Object(_) => format!("self.object_{object}({read})"),
        Type::List { item, max_items } => {
            let (most, item) = (most(*max_items), value_text(item, object, "false"));
            format!("values::list({read}, {most}, |cursor, verdict| {{ {item} }})")
        }
    }
}

fn bounds<N: std::fmt::Debug>(minimum: Option<N>, maximum: Option<N>, ty: &str) -> [String; 2] {
    let bound = |bound: Option<N>, none| bound.map_or(format!("{ty}::{none}"), |bound| format!("{bound:?}"));
    [bound(minimum, "MIN"), bound(maximum, "MAX")]
}
