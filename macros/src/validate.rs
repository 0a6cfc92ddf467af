//! A type held against the catalogue: every field is decided, and the plan says how.

use candor_codegen::expand::{RecordField, RecordPlan, Target};
use candor_codegen::fields::{self, object_fields, resource_fields, signal_fields};
use candor_codegen::joined::JoinedPlan;
use candor_codegen::names::field_name;
use candor_schema::checks::derive;
use candor_schema::{Attribute, SignalKind, did_you_mean};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Field, FieldsNamed, LitStr};

use crate::attr::{self, Of};
use crate::constants::Roots;
use crate::mistake::mistake;
use crate::source::Source;
use crate::written::contradiction;

/// One slot of a signal or object that a field can be.
struct Slot<'c> {
    /// Name on the wire.
    wire: &'c str,
    /// The same as a field's name.
    field: String,
    attribute: &'c Attribute,
    required: bool,
    /// The channel behind which it is read.
    behind: u8,
}

impl<'c> From<fields::Field<'c>> for Slot<'c> {
    fn from(field: fields::Field<'c>) -> Self {
        let fields::Field { wire, attribute, required, behind, body: _ } = field;
        Slot { wire, field: field_name(wire), attribute, required, behind }
    }
}

/// A signal or object of the catalogue, as the derive sees it.
struct Subject<'c> {
    /// ``span `crew_created` (schema/crewai/crew.yaml:42)``
    title: String,
    target: Target,
    roots: Roots,
    slots: Vec<Slot<'c>>,
}

/// The plan for a struct, unless the catalogue has nothing of that name.
pub fn plan_record(
    input: &DeriveInput,
    fields: &FieldsNamed,
    of: &Of,
    source: &Source,
    errors: &mut Vec<syn::Error>,
) -> Option<(RecordPlan, Roots)> {
    let subject = subject(of, source).map_err(|error| errors.push(error)).ok()?;
    let planned = plan_fields(input, fields, &subject, source, errors)?;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let name = &input.ident;
    let where_clause = bounds(input, where_clause, &planned, &subject, source);
    let plan = RecordPlan {
        target: subject.target,
        impl_generics: quote!(#impl_generics),
        ty: quote!(#name #ty_generics),
        where_clause,
        parameter: Ident::new("__R", Span::call_site()),
        fields: planned.into_iter().map(|(_, field)| field).collect(),
    };
    Some((plan, subject.roots))
}

/// The fields that are attributes, in the order of the constants, which the filter expects.
fn plan_fields<'f>(
    input: &DeriveInput,
    fields: &'f FieldsNamed,
    subject: &Subject<'_>,
    source: &Source,
    errors: &mut Vec<syn::Error>,
) -> Option<Vec<(&'f Field, RecordField)>> {
    let mut taken: Vec<Option<&Ident>> = vec![None; subject.slots.len()];
    let mut planned = Vec::new();
    let mut unplaced = false;
    for field in &fields.named {
        let before = errors.len();
        let Some((position, name)) = place(field, subject, &mut taken, errors) else {
            unplaced |= errors.len() > before;
            continue;
        };
        let slot = &subject.slots[position];
        match fault(field, slot, subject, source) {
            Some(error) => errors.push(error),
            None => planned.push((position, field, plan_field(field, name, slot))),
        }
    }
    if !unplaced {
        report_missing(input, subject, &taken, errors); // a misspelt field would be reported twice
    }
    if !errors.is_empty() {
        return None;
    }
    planned.sort_by_key(|(position, ..)| *position);
    Some(planned.into_iter().map(|(_, field, planned)| (field, planned)).collect())
}

/// The slot of a field and the field's name, unless another field has taken the slot.
fn place<'f>(
    field: &'f Field,
    subject: &Subject<'_>,
    taken: &mut [Option<&'f Ident>],
    errors: &mut Vec<syn::Error>,
) -> Option<(usize, &'f Ident)> {
    let position = slot_of(field, subject, errors)?;
    let name = field.ident.as_ref()?;
    if let Some(first) = taken[position].replace(name) {
        let id = &subject.slots[position].attribute.id;
        let text = format!("attribute `{id}` is already the field `{first}`; a field is one attribute");
        errors.push(mistake(&derive::FIELD_TWICE, name.span(), text));
        return None;
    }
    Some((position, name))
}

/// The first thing that is wrong with the type of a field.
fn fault(field: &Field, slot: &Slot<'_>, subject: &Subject<'_>, source: &Source) -> Option<syn::Error> {
    if slot.required && !slot.attribute.nullable && is_option(&field.ty) {
        let text = format!(
            "`{}` is required in {}, so it cannot be an `Option`; make it optional there, or always give it",
            slot.attribute.id, subject.title
        );
        return Some(mistake(&derive::OPTIONAL_FIELD, field.ty.span(), text));
    }
    let text = contradiction(&field.ty, slot.attribute, source)?;
    Some(mistake(&derive::WRONG_TYPE, field.ty.span(), text))
}

fn plan_field(field: &Field, name: &Ident, slot: &Slot<'_>) -> RecordField {
    RecordField {
        name: slot.wire.to_owned(),
        attribute: slot.attribute.id.to_string(),
        access: access(name, field.ty.span()),
        span: Span::call_site().located_at(field.ty.span()),
        required: slot.required,
        channel: slot.attribute.collected.number(),
        behind: slot.behind,
    }
}

/// `self.name`, shown at the field's type when it is wrong.
fn access(name: &Ident, at: Span) -> TokenStream {
    let span = Span::call_site().located_at(at);
    let mut name = name.clone();
    name.set_span(span);
    quote_spanned!(span=> self.#name)
}

fn subject<'c>(of: &Of, source: &'c Source) -> Result<Subject<'c>, syn::Error> {
    let catalogue = source.catalogue();
    match of {
        Of::Span(name) => signal(name, SignalKind::Span, source),
        Of::Event(name) => signal(name, SignalKind::Event, source),
        Of::Resource(span) => resource(*span, source),
        Of::Object(name) | Of::Attribute(name) => {
            let id = name.value();
            let Some(position) = catalogue.objects().iter().position(|object| object.id == id) else {
                let names = catalogue.objects().iter().map(|object| &*object.id);
                return Err(unknown(name, "object", source, names));
            };
            let object = &catalogue.objects()[position];
            let object_id = catalogue.object_id(position).ok_or_else(|| unknown(name, "object", source, []))?;
            Ok(Subject {
                title: format!("object `{id}` ({})", source.locate(object.place)),
                target: Target::Object { id, catalogue: catalogue.head().name().to_owned() },
                roots: Roots::Object(object_id),
                slots: object_fields(catalogue, object).into_iter().map(Slot::from).collect(),
            })
        }
    }
}

fn signal<'c>(name: &LitStr, kind: SignalKind, source: &'c Source) -> Result<Subject<'c>, syn::Error> {
    let catalogue = source.catalogue();
    let id = name.value();
    let Some(signal) = catalogue.signal(&id).filter(|signal| signal.kind == kind) else {
        let names = catalogue.signals().iter().filter(|s| s.kind == kind).map(|signal| &*signal.id);
        return Err(unknown(name, kind.word(), source, names));
    };
    Ok(Subject {
        title: format!("{} `{id}` ({})", kind.word(), source.locate(signal.place)),
        target: Target::Signal {
            id: id.clone(),
            catalogue: catalogue.head().name().to_owned(),
            channel: signal.collected.number(),
            joined: JoinedPlan::new(catalogue, signal),
        },
        slots: signal_fields(catalogue, signal).into_iter().map(Slot::from).collect(),
        roots: Roots::Signal(id),
    })
}

fn resource(span: Span, source: &Source) -> Result<Subject<'_>, syn::Error> {
    let catalogue = source.catalogue();
    if catalogue.resource().attributes.is_empty() {
        let text = "the catalogue lists no attributes of the process; add them under `resource`";
        return Err(mistake(&derive::UNKNOWN_NAME, span, text));
    }
    Ok(Subject {
        title: "the catalogue's resource".to_owned(),
        target: Target::Resource { catalogue: catalogue.head().name().to_owned() },
        slots: resource_fields(catalogue).into_iter().map(Slot::from).collect(),
        roots: Roots::Resource,
    })
}

pub fn unknown<'a>(name: &LitStr, what: &str, source: &Source, names: impl IntoIterator<Item = &'a str>) -> syn::Error {
    let id = name.value();
    let near = || did_you_mean(&id, names).map(|near| format!("; did you mean `{near}`?"));
    let way_out = of_another_kind(&id, source).or_else(near).unwrap_or_default();
    mistake(&derive::UNKNOWN_NAME, name.span(), format!("the catalogue has no {what} `{id}`{way_out}"))
}

/// Finds another kind of entry with this name.
fn of_another_kind(id: &str, source: &Source) -> Option<String> {
    let catalogue = source.catalogue();
    let signal = catalogue.signal(id).map(|signal| (signal.kind.word(), signal.place));
    let object = || catalogue.object_named(id).map(|object| ("object", object.place));
    let attribute = || catalogue.attribute_named(id).map(|attribute| ("attribute", attribute.place));
    let (word, place) = signal.or_else(object).or_else(attribute)?;
    if word == SignalKind::Metric.word() {
        return Some(format!("; `{id}` is a metric ({})", source.locate(place)));
    }
    let article = if word == "span" { "a" } else { "an" };
    Some(format!("; `{id}` is {article} {word} ({}): write `{word} = \"{id}\"`", source.locate(place)))
}

/// The slot that a field is; `None` when it is skipped or wrong.
fn slot_of(field: &Field, subject: &Subject<'_>, errors: &mut Vec<syn::Error>) -> Option<usize> {
    let before = errors.len();
    let attr = attr::of_part(&field.attrs, "attribute", errors);
    if errors.len() > before || attr.skip {
        return None;
    }
    let (name, span) = match &attr.name {
        Some(name) => (name.value(), name.span()),
        None => {
            let ident = field.ident.as_ref()?;
            (ident.to_string().trim_start_matches("r#").to_owned(), ident.span())
        }
    };
    let found = slot_named(&name, subject);
    if found.is_none() {
        let renamed = attr::renamed_by_serde(&field.attrs).filter(|renamed| slot_named(renamed, subject).is_some());
        let text = match renamed {
            Some(renamed) => format!(
                "{} has no attribute `{name}`; a name that serde gives does not count here: write \
                 `#[telemetry(attribute = \"{renamed}\")]`",
                subject.title
            ),
            None => no_slot(&name, subject),
        };
        errors.push(mistake(&derive::UNKNOWN_FIELD, span, text));
    }
    found
}

/// The slot with this name: on the wire, as a field's, or in the catalogue.
fn slot_named(name: &str, subject: &Subject<'_>) -> Option<usize> {
    let found = subject.slots.iter().position(|slot| slot.wire == name);
    let found = found.or_else(|| subject.slots.iter().position(|slot| slot.field == name));
    found.or_else(|| subject.slots.iter().position(|slot| slot.attribute.id == name))
}

/// The mistake about a field whose name is no attribute of the subject, with the name that may be meant.
fn no_slot(name: &str, subject: &Subject<'_>) -> String {
    let names: Vec<String> =
        subject.slots.iter().flat_map(|slot| [slot.field.clone(), slot.attribute.id.to_string()]).collect();
    match did_you_mean(name, names.iter().map(String::as_str)) {
        Some(near) => format!("{} has no attribute `{name}`; did you mean `{near}`?", subject.title),
        None => format!(
            "{} has no attribute `{name}`; list it in the catalogue, or mark the field `#[telemetry(skip)]`",
            subject.title
        ),
    }
}

fn report_missing(input: &DeriveInput, subject: &Subject<'_>, taken: &[Option<&Ident>], errors: &mut Vec<syn::Error>) {
    let missing = subject.slots.iter().zip(taken).filter(|(slot, taken)| slot.required && taken.is_none());
    let missing: Vec<String> = missing.map(|(slot, _)| format!("`{}`", slot.field)).collect();
    if !missing.is_empty() {
        let help = match missing.as_slice() {
            [_] => "add a field of that name, or name it on one: `#[telemetry(attribute = \"…\")]`",
            _ => "add fields of those names, or name them on some: `#[telemetry(attribute = \"…\")]`",
        };
        let text = format!("{} requires {}; {help}", subject.title, missing.join(", "));
        errors.push(mistake(&derive::MISSING_FIELD, input.ident.span(), text));
    }
}

fn is_option(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().is_some_and(|segment| segment.ident == "Option"),
        syn::Type::Reference(reference) => is_option(&reference.elem),
        _ => false,
    }
}

/// The where clause, with a bound for every field whose type depends on a type parameter.
fn bounds(
    input: &DeriveInput,
    where_clause: Option<&syn::WhereClause>,
    fields: &[(&Field, RecordField)],
    subject: &Subject<'_>,
    source: &Source,
) -> TokenStream {
    let parameters: Vec<String> = input.generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
    let dependent = fields.iter().filter(|(field, _)| mentions(field.ty.to_token_stream(), &parameters));
    let bounds: Vec<TokenStream> = dependent
        .filter_map(|(field, planned)| {
            let ty = &field.ty;
            let slot = subject.slots.iter().find(|slot| slot.attribute.id == planned.attribute)?;
            let kind = candor_codegen::constants::expand_kind(source.catalogue(), slot.attribute);
            Some(quote!(#ty: ::candor::Value<#kind>))
        })
        .collect();
    let written =
        where_clause.map(|clause| clause.predicates.iter().map(|p| quote!(#p)).collect::<Vec<_>>()).unwrap_or_default();
    if written.is_empty() && bounds.is_empty() { quote!() } else { quote!(where #(#written,)* #(#bounds,)*) }
}

fn mentions(tokens: TokenStream, parameters: &[String]) -> bool {
    tokens.into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => parameters.contains(&ident.to_string()),
        proc_macro2::TokenTree::Group(group) => mentions(group.stream(), parameters),
        _ => false,
    })
}
