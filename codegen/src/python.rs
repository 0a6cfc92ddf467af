//! Typed emitters in Python: one module with a function per signal, a typed dictionary per object, and the constants
//! behind them.
//!
//! The function of a signal is its filter: it records what is read by default, then asks for what stands behind a
//! permission. That part is a callable, so that nothing of it is computed without permission. What a value may be stands
//! in the constants; the package `candor-sdk` judges by them.

mod head;
mod names;

use candor_schema::{
    Attribute, Catalogue, Domain, Encoding, Object, OnViolation, Signal, SignalKind, escape_invisible,
};
use serde::Serialize;

use crate::Artefact;
use crate::expand::{attribute_doc, signal_doc};
use crate::fields::{Field, UNGUARDED, in_order, object_fields, resource_fields, signal_fields};
use crate::layout::lay_out_page;
use crate::names::{field_name, static_name};
use crate::types::python::{python_constant, python_text as text, python_type, python_union};

use names::{Names, keywords, part_keys};

/// Every decision about the module.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PythonPlan {
    /// The name of the module.
    pub module: String,
    /// The opening of the module's documentation.
    pub docs: Vec<String>,
    /// The permissions that the catalogue names.
    pub channels: Vec<ConstantPlan>,
    /// The closed and open enums.
    pub unions: Vec<ConstantPlan>,
    /// The typed dictionaries: of objects, and of what stands behind permissions.
    pub dictionaries: Vec<DictionaryPlan>,
    /// The functions of signals.
    pub functions: Vec<FunctionPlan>,
    /// The function of the attributes of the process.
    pub resource: Option<FunctionPlan>,
    /// The constants of attributes.
    pub attributes: Vec<ConstantPlan>,
    /// The constants of objects.
    pub objects: Vec<ConstantPlan>,
    /// The constants of signals.
    pub signals: Vec<ConstantPlan>,
    /// The arguments of the catalogue's constant.
    pub head: Vec<String>,
}

/// A constant or a type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConstantPlan {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its name.
    pub name: String,
    /// The expression or the type.
    pub value: String,
}

/// A typed dictionary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DictionaryPlan {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its name.
    pub name: String,
    /// Its keys.
    pub keys: Vec<KeyPlan>,
}

/// A key of a typed dictionary, or a keyword of a function.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyPlan {
    /// Its documentation.
    pub docs: Vec<String>,
    /// The key as a literal, or the keyword.
    pub name: String,
    /// The type.
    pub ty: String,
    /// The type as a literal, as it stands in a typed dictionary.
    pub quoted: String,
    /// True if it must be there.
    pub required: bool,
    /// The constant of its attribute; empty for the part behind a permission.
    pub attribute: String,
    /// `required` or `optional`.
    pub method: &'static str,
}

/// A function that records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FunctionPlan {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its name.
    pub name: String,
    /// True for a span, which may have lasted.
    pub is_span: bool,
    /// The keywords: fields, then the parts behind permissions.
    pub keywords: Vec<KeyPlan>,
    /// Members that are recorded without a further permission.
    pub fields: Vec<KeyPlan>,
    /// Members that are recorded behind a permission each.
    pub parts: Vec<PartPlan>,
}

/// A part that is read only behind a permission.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartPlan {
    /// The keyword with the callable.
    pub keyword: String,
    /// The permission, as an expression.
    pub channel: String,
    /// The fields.
    pub fields: Vec<KeyPlan>,
}

/// Decides names, types and order.
pub fn plan(catalogue: &Catalogue) -> PythonPlan {
    let (head, names) = (catalogue.head(), Names::of(catalogue));
    let mut dictionaries = Vec::new();
    catalogue.objects().iter().for_each(|object| plan_dictionaries(catalogue, &names, object, &mut dictionaries));
    let mut functions = Vec::new();
    for signal in signals_of(catalogue) {
        let (fields, owner) = (signal_fields(catalogue, signal), format!("signal {}", signal.id));
        let docs = signal_doc(catalogue, signal);
        let function = plan_function(catalogue, &names, &owner, &docs, fields, &mut dictionaries);
        let is_span = signal.kind == SignalKind::Span;
        functions.push(FunctionPlan { name: names.function(&signal.id), is_span, ..function });
    }
    let of_process = resource_fields(catalogue);
    let docs = format!("The attributes of the process that runs {}.", head.title());
    let resource = (!of_process.is_empty())
        .then(|| plan_function(catalogue, &names, "resource resource", &docs, of_process, &mut dictionaries));
    let constant = |docs, name, value| ConstantPlan { docs, name, value };
    let channel = |one: &candor_schema::Channel| {
        let docs = doc(&format!("The permission `{}`: {}.", one.name, one.brief));
        constant(docs, static_name(&one.name), format!("1 << {}", one.number))
    };
    let union = |one: &Attribute| {
        use crate::types::typescript::TypeNames;
        let Domain::Enum(members) = one.domain.innermost() else { return None };
        Some(constant(doc(&attribute_doc(catalogue, one)), names.of_enum(one), python_union(members)))
    };
    PythonPlan {
        module: format!("{}_telemetry", field_name(head.name())),
        docs: doc(&format!(
            "Everything {} may report: version {} of its telemetry catalogue.\n\nThe program can send nothing else. Each \
             function shows what is read by default, and what only behind a permission.",
            head.title(),
            head.version()
        )),
        channels: head.channels().iter().map(channel).collect(),
        unions: catalogue.attributes().iter().filter_map(union).collect(),
        dictionaries,
        functions,
        resource,
        attributes: catalogue.attributes().iter().map(|one| plan_attribute(catalogue, &names, one)).collect(),
        objects: catalogue.objects().iter().map(|one| plan_object(catalogue, &names, one)).collect(),
        signals: signals_of(catalogue).map(|one| plan_signal(catalogue, &names, one)).collect(),
        head: head::arguments(catalogue, &names),
    }
}

/// The signals that the runtime can send: spans and events. A metric has no function, so that nothing is sent of it.
fn signals_of(catalogue: &Catalogue) -> impl Iterator<Item = &Signal> {
    catalogue.signals().iter().filter(|signal| signal.kind != SignalKind::Metric)
}

/// The module.
pub fn render(plan: &PythonPlan) -> Vec<Artefact> {
    vec![Artefact { path: format!("python/{}.py", plan.module), text: lay_out_page("python", plan) }]
}

fn plan_attribute(catalogue: &Catalogue, names: &Names, attribute: &Attribute) -> ConstantPlan {
    let mut parts = vec![
        text(&attribute.id),
        channel(catalogue, attribute.collected.number()),
        python_constant(&attribute.domain, &|id| format!("_objects.{}", names.object(id))),
    ];
    parts.extend((attribute.name != attribute.id).then(|| format!("name={}", text(&attribute.name))));
    parts.extend((attribute.encoding == Encoding::Json).then(|| "json=True".to_owned()));
    parts.extend((attribute.on_violation == OnViolation::Truncate).then(|| "cut=True".to_owned()));
    parts.extend(attribute.nullable.then(|| "nullable=True".to_owned()));
    let value = format!("candor.Attribute({})", parts.join(", "));
    ConstantPlan { docs: Vec::new(), name: names.attribute(&attribute.id), value }
}

fn plan_object(catalogue: &Catalogue, names: &Names, object: &Object) -> ConstantPlan {
    let fields = in_order(object_fields(catalogue, object), UNGUARDED, |field| field.behind);
    let (numbers, channels) = channels_of(catalogue, &fields);
    let keys = part_keys(&fields, &channels);
    let own: Vec<String> = fields.iter().map(|field| field.wire.to_owned()).collect();
    let lines: String =
        lines_of_members(catalogue, names, &fields, &own).iter().map(|line| format!("            {line},\n")).collect();
    let parts: Vec<String> = numbers
        .iter()
        .zip(&keys)
        .map(|(number, key)| format!("{}: {}", text(key), channel(catalogue, *number)))
        .collect();
    let parts = if parts.is_empty() { String::new() } else { format!("        {{{}}},\n", parts.join(", ")) };
    let value = format!("candor.Object(\n        {},\n        [\n{lines}        ],\n{parts}    )", text(&object.id));
    ConstantPlan { docs: Vec::new(), name: names.object(&object.id), value }
}

fn plan_signal(catalogue: &Catalogue, names: &Names, signal: &Signal) -> ConstantPlan {
    let fields = in_order(signal_fields(catalogue, signal), UNGUARDED, |field| field.behind);
    let (_, own) = keywords(&fields, &channels_of(catalogue, &fields).1);
    let members: String =
        lines_of_members(catalogue, names, &fields, &own).iter().map(|line| format!("            {line},\n")).collect();
    let mut arguments = vec![
        text(signal.kind.word()),
        text(&signal.id),
        text(&signal.name),
        channel(catalogue, signal.collected.number()),
        if members.is_empty() { "[]".to_owned() } else { format!("[\n{members}        ]") },
    ];
    arguments.extend(signal.every.map(|every| format!("every={}", every.seconds())));
    arguments.extend((signal.endpoint > 0).then(|| format!("endpoint={}", signal.endpoint)));
    let body = signal.body.map(|body| names.attribute(&catalogue.attribute(body).id));
    arguments.extend(body.map(|body| format!("body=_attributes.{body}")));
    let lines: String = arguments.iter().map(|line| format!("        {line},\n")).collect();
    let value = format!("candor.Signal(\n{lines}    )");
    ConstantPlan { docs: Vec::new(), name: names.function(&signal.id), value }
}

/// The members of a signal or an object, with what differs from the attribute's own name.
fn lines_of_members(catalogue: &Catalogue, names: &Names, fields: &[Field<'_>], keywords: &[String]) -> Vec<String> {
    let line = |(field, keyword): (&Field<'_>, &String)| {
        let mut parts = vec![format!("_attributes.{}", names.attribute(&field.attribute.id))];
        parts.extend((field.wire != field.attribute.name).then(|| format!("name={}", text(field.wire))));
        parts.extend((keyword != field.wire).then(|| format!("keyword={}", text(keyword))));
        parts.extend((field.behind != UNGUARDED).then(|| format!("behind={}", channel(catalogue, field.behind))));
        format!("candor.{}({})", method(field), parts.join(", "))
    };
    fields.iter().zip(keywords).map(line).collect()
}

fn method(field: &Field<'_>) -> &'static str {
    if field.required { "required" } else { "optional" }
}

/// The typed dictionaries of an object: itself, and its parts behind permissions.
fn plan_dictionaries(catalogue: &Catalogue, names: &Names, object: &Object, out: &mut Vec<DictionaryPlan>) {
    use crate::types::typescript::TypeNames;
    let fields = in_order(object_fields(catalogue, object), UNGUARDED, |field| field.behind);
    let (numbers, channels) = channels_of(catalogue, &fields);
    let owner = format!("object {}", object.id);
    let mut keys = plan_keys(catalogue, names, &fields, UNGUARDED);
    for ((number, name), key) in numbers.iter().zip(&channels).zip(part_keys(&fields, &channels)) {
        let part = plan_part_dictionary(catalogue, names, &owner, (*number, name), &fields);
        keys.push(part_key(catalogue, (text(&key), name), &part));
        out.push(part);
    }
    let docs = doc(&object.brief.clone().unwrap_or_else(|| object.id.to_string()));
    out.push(DictionaryPlan { docs, name: names.of_object(&object.id), keys });
}

fn plan_part_dictionary(
    catalogue: &Catalogue,
    names: &Names,
    owner: &str,
    (number, channel): (u8, &str),
    fields: &[Field<'_>],
) -> DictionaryPlan {
    let keys = plan_keys(catalogue, names, fields, number);
    DictionaryPlan { docs: doc(&part_doc(catalogue, channel)), name: names.part(owner, channel), keys }
}

/// The key or keyword with the callable of a part.
fn part_key(catalogue: &Catalogue, (name, channel): (String, &str), part: &DictionaryPlan) -> KeyPlan {
    let (ty, required) = (format!("abc.Callable[[], {}]", part.name), part.keys.iter().any(|key| key.required));
    KeyPlan {
        docs: doc(&part_doc(catalogue, channel)),
        name,
        quoted: quoted(&ty, required),
        ty,
        required,
        attribute: String::new(),
        method: "",
    }
}

fn part_doc(catalogue: &Catalogue, channel: &str) -> String {
    match catalogue.head().opt_in().filter(|_| channel == "opt_in") {
        Some(switch) => format!("Called only with `{switch}`: without it, nothing in here is computed."),
        None => format!("Called only with the permission `{channel}`: without it, nothing in here is computed."),
    }
}

fn plan_function(
    catalogue: &Catalogue,
    names: &Names,
    owner: &str,
    docs: &str,
    fields: Vec<Field<'_>>,
    dictionaries: &mut Vec<DictionaryPlan>,
) -> FunctionPlan {
    let fields = in_order(fields, UNGUARDED, |field| field.behind);
    let (numbers, channels) = channels_of(catalogue, &fields);
    let (of_parts, of_fields) = keywords(&fields, &channels);
    let keyed = plan_keys(catalogue, names, &fields, UNGUARDED);
    let own = fields.iter().zip(of_fields).filter(|(field, _)| field.behind == UNGUARDED).map(|(_, keyword)| keyword);
    let plain: Vec<KeyPlan> = keyed.into_iter().zip(own).map(|(key, name)| KeyPlan { name, ..key }).collect();
    let mut all = plain.clone();
    let mut parts = Vec::new();
    for ((number, name), keyword) in numbers.iter().zip(&channels).zip(of_parts) {
        let part = plan_part_dictionary(catalogue, names, owner, (*number, name), &fields);
        all.push(part_key(catalogue, (keyword.clone(), name), &part));
        parts.push(PartPlan { keyword, channel: channel(catalogue, *number), fields: part.keys.clone() });
        dictionaries.push(part);
    }
    all.sort_by_key(|key| !key.required);
    FunctionPlan { docs: doc(docs), name: String::new(), is_span: false, keywords: all, fields: plain, parts }
}

/// The fields behind a permission, as keys.
fn plan_keys(catalogue: &Catalogue, names: &Names, fields: &[Field<'_>], behind: u8) -> Vec<KeyPlan> {
    let key = |field: &Field<'_>| {
        let attribute = field.attribute;
        let null = if attribute.nullable || !field.required { " | None" } else { "" };
        let ty = python_type(attribute, &attribute.domain, names) + null;
        KeyPlan {
            docs: doc(&attribute_doc(catalogue, attribute)),
            name: text(field.wire),
            quoted: quoted(&ty, field.required),
            ty,
            required: field.required,
            attribute: format!("_attributes.{}", names.attribute(&attribute.id)),
            method: method(field),
        }
    };
    fields.iter().filter(|field| field.behind == behind).map(key).collect()
}

/// The type of a key of a typed dictionary, as a literal.
fn quoted(ty: &str, required: bool) -> String {
    if required { text(ty) } else { text(&format!("NotRequired[{ty}]")) }
}

/// The permissions behind which fields stand: numbers and names.
fn channels_of<'c>(catalogue: &'c Catalogue, fields: &[Field<'_>]) -> (Vec<u8>, Vec<&'c str>) {
    let mut numbers: Vec<u8> = fields.iter().map(|field| field.behind).filter(|one| *one != UNGUARDED).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let names = numbers.iter().filter_map(|number| catalogue.head().channel_name(*number)).collect();
    (numbers, names)
}

/// A permission as an expression.
fn channel(catalogue: &Catalogue, number: u8) -> String {
    match number {
        UNGUARDED => "candor.DEFAULT".to_owned(),
        candor_schema::OPT_IN => "candor.OPT_IN".to_owned(),
        number => catalogue.head().channel_name(number).map(static_name).unwrap_or_default(),
    }
}

/// The lines of a docstring or comment: nothing that ends it, nothing that is an escape.
fn doc(text: &str) -> Vec<String> {
    let line = |line: &str| {
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        escape_invisible(line.trim_end()).replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"")
    };
    text.lines().map(line).collect()
}
