//! Generates the emitters' own privacy test, `tests/canaries.rs`: no opt-in text leaves without consent.
//!
//! For each signal, the test builds a value with a canary (a recognisable text) in each opt-in attribute that admits
//! free text. It sends the value through every encoder: the OTLP request, its preview, the payload, OpenTelemetry's
//! key-values. With `Consent::OptedIn` each canary and each opt-in key is in the bytes. With `Consent::Default` none
//! is. With `Consent::Off` there are no bytes.
//!
//! Opt-in attributes that admit no such text (numbers, enums, patterns) are looked for by their key, unless the same
//! key also stands for a default attribute of that signal.

use candor_schema::{Attribute, Catalogue, Collected, Domain, Example, Signal, camel_case};
use proc_macro2::TokenStream;
use quote::quote;

use crate::Artefact;
use crate::fields::{Field, UNGUARDED, emitted, object_fields, resource_fields, signal_fields};
use crate::layout::{render_file, rustfmt_skip};
use crate::names::ident;
use crate::rust::field_idents;
use crate::types::sample::sample;

/// Every decision about the test.
pub struct CanaryPlan {
    /// The crate under test, as an identifier.
    pub crate_name: String,
    /// One case per signal.
    pub cases: Vec<Case>,
}

/// A signal with canaries.
pub struct Case {
    /// Name of the test.
    pub name: String,
    /// The signal as an expression.
    pub value: TokenStream,
    /// Texts that leave only after opt-in.
    pub canaries: Vec<String>,
    /// Names on the wire that are there only after opt-in.
    pub keys: Vec<String>,
    /// The subject of the case.
    pub subject: Subject,
}

/// The subject of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A signal.
    Signal {
        /// True if it is opt-in as a whole.
        whole_opt_in: bool,
    },
    /// The attributes of the process.
    Resource,
}

/// Decides values and canaries for every signal.
pub fn plan(catalogue: &Catalogue) -> CanaryPlan {
    let cases = emitted(catalogue).map(|signal| plan_case(catalogue, signal)).chain(plan_resource(catalogue));
    let crate_name = format!("candor_{}", catalogue.head().name().replace('-', "_"));
    CanaryPlan { crate_name, cases: cases.collect() }
}

fn plan_case(catalogue: &Catalogue, signal: &Signal) -> Case {
    let fields = signal_fields(catalogue, signal);
    let value = struct_literal(catalogue, &quote!(signals), &signal.id, &fields);
    let whole_opt_in = signal.collected != Collected::Default;
    case(catalogue, format!("{}_{}", signal.kind.word(), signal.id), value, &fields, Subject::Signal { whole_opt_in })
}

/// The attributes of the process are a case of their own, if there are any.
fn plan_resource(catalogue: &Catalogue) -> Option<Case> {
    let fields = resource_fields(catalogue);
    let value = || struct_literal(catalogue, &quote!(resource), "resource", &fields);
    (!fields.is_empty()).then(|| case(catalogue, "resource".to_owned(), value(), &fields, Subject::Resource))
}

fn case(catalogue: &Catalogue, name: String, value: TokenStream, fields: &[Field<'_>], subject: Subject) -> Case {
    let mut found = Found::default();
    find(catalogue, fields, matches!(subject, Subject::Signal { whole_opt_in: true }), &mut found);
    let keys = found.opt_in_keys.into_iter().filter(|key| !found.default_keys.contains(key)).collect();
    Case { name, value, canaries: found.canaries, keys, subject }
}

#[derive(Default)]
struct Found {
    canaries: Vec<String>,
    opt_in_keys: Vec<String>,
    default_keys: Vec<String>,
}

/// Collects canaries and keys from fields and, through objects, from theirs.
fn find(catalogue: &Catalogue, fields: &[Field<'_>], behind: bool, found: &mut Found) {
    for field in fields {
        let opt_in = field.behind != UNGUARDED || behind;
        let keys = if opt_in { &mut found.opt_in_keys } else { &mut found.default_keys };
        if !field.body {
            keys.push(field.wire.to_owned()); // a body goes by no key
        }
        // A default attribute inside an opt-in one may stand in a default place as well, with the same text.
        if opt_in && field.attribute.collected != Collected::Default {
            found.canaries.extend(canary(field.attribute));
        }
        if let Some(object) = field.attribute.domain.object().and_then(|object| catalogue.object_of(object)) {
            find(catalogue, &object_fields(catalogue, object), opt_in, found);
        }
    }
}

/// The text that stands for an attribute, when its domain takes a free text.
fn canary(attribute: &Attribute) -> Option<String> {
    match attribute.domain.innermost() {
        Domain::String { max_length, pattern: None } => {
            let text = format!("canary-of-{}", attribute.id);
            (text.len() <= *max_length).then_some(text)
        }
        _ => None,
    }
}

fn struct_literal(catalogue: &Catalogue, module: &TokenStream, id: &str, fields: &[Field<'_>]) -> TokenStream {
    let name = ident(&camel_case(id));
    let values = fields.iter().zip(field_idents(fields)).map(|(field, name)| {
        let value = value(catalogue, field.attribute);
        if field.required { quote!(#name: #value) } else { quote!(#name: Some(#value)) }
    });
    quote!(#module::#name { #(#values),* })
}

/// A value inside the attribute's domain, as an expression.
fn value(catalogue: &Catalogue, attribute: &Attribute) -> TokenStream {
    let text = canary(attribute).or_else(|| text_example(attribute)).unwrap_or_default();
    sample(catalogue, attribute, &attribute.domain, &text, &|object| {
        struct_literal(catalogue, &quote!(objects), &object.id, &object_fields(catalogue, object))
    })
}

fn text_example(attribute: &Attribute) -> Option<String> {
    attribute.examples.iter().find_map(|example| match example {
        Example::Text(text) => Some(text.clone()),
        Example::List(items) => items.iter().find_map(|item| match item {
            Example::Text(text) => Some(text.clone()),
            _ => None,
        }),
        _ => None,
    })
}

/// The test as a file of the emitters' crate.
pub fn render(plan: &CanaryPlan) -> Vec<Artefact> {
    let crate_name = ident(&plan.crate_name);
    let cases: Vec<TokenStream> = plan.cases.iter().map(render_case).collect();
    let docs =
        " A canary in every opt-in attribute: with consent it arrives, without consent it is nowhere in the bytes.";
    let skip = rustfmt_skip();
    let beginning = quote! {
        #![doc = #docs]
        #skip

        #[allow(unused_imports, reason = "not every catalogue has enums and objects")]
        use #crate_name::{CATALOGUE, enums, objects, resource, signals};
        use candor::{Consent, Telemetry};

        /// Records a signal with every recorder, as bytes.
        fn recorded<T: Telemetry>(consent: Consent, value: &T) -> Vec<u8> {
            let mut bytes = Vec::new();
            bytes.extend(candor::request(&CATALOGUE, consent, value).unwrap_or_default());
            bytes.extend(candor::preview(&CATALOGUE, consent, value).unwrap_or_default().bytes());
            bytes.extend(candor::payload(consent, value).unwrap_or_default().bytes());
            bytes.extend(format!("{:?}", candor::otel::key_values(consent, value).0).bytes());
            bytes
        }

        fn holds(bytes: &[u8], needle: &str) -> bool {
            bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
        }

        fn look(opted_in: &[u8], default: &[u8], canaries: &[&str], keys: &[&str]) {
            for canary in canaries {
                assert!(holds(opted_in, canary), "{canary} does not arrive with consent");
                assert!(!holds(default, canary), "{canary} leaves without consent");
            }
            for key in keys.iter().map(|key| format!("{key:?}:")) {
                assert!(holds(opted_in, &key), "{key} does not arrive with consent");
                assert!(!holds(default, &key), "{key} leaves without consent");
            }
        }

        fn check<T: Telemetry>(value: &T, canaries: &[&str], keys: &[&str], whole_opt_in: bool) {
            let default = recorded(Consent::Default, value);
            look(&recorded(Consent::OptedIn, value), &default, canaries, keys);
            assert_eq!(recorded(Consent::Off, value), b"[]", "something is built while everything is off");
            if whole_opt_in {
                assert_eq!(default, b"[]", "the signal leaves without consent");
            }
        }

    };
    vec![Artefact { path: "tests/canaries.rs".to_owned(), text: render_file(beginning, &cases) }]
}

fn render_case(case: &Case) -> TokenStream {
    let Case { value, canaries, keys, .. } = case;
    let name = ident(&case.name);
    let check = match case.subject {
        Subject::Signal { whole_opt_in } => {
            quote!(check(&value, &[#(#canaries),*], &[#(#keys),*], #whole_opt_in);)
        }
        Subject::Resource => quote! {
            let recorded = |consent| candor::resource(consent, &value).into_bytes();
            look(&recorded(Consent::OptedIn), &recorded(Consent::Default), &[#(#canaries),*], &[#(#keys),*]);
            assert_eq!(recorded(Consent::Off), b"{}", "something is built while everything is off");
        },
    };
    quote! {
        #[test]
        fn #name() {
            let value = #value;
            #check
        }
    }
}
