//! The emitters' own privacy test: a canary in every opt-in attribute, and the proof that none leaves without consent.
//!
//! The test builds every signal with a recognisable text in every attribute that takes one, reports it through every
//! recorder, and looks for the opt-in canaries in the bytes.

use candor_schema::{Attribute, Catalogue, Collected, Example, Signal, SignalKind, Type, camel_case};
use proc_macro2::TokenStream;
use quote::quote;

use crate::Artefact;
use crate::names::ident;
use crate::rust::{StructField, field_idents, object_fields, render_file, rustfmt_skip, signal_fields};

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
    /// Whether the signal as a whole is opt-in.
    pub whole_opt_in: bool,
}

/// Decides values and canaries for every signal.
pub fn plan(catalogue: &Catalogue) -> CanaryPlan {
    let cases = catalogue.signals().iter().map(|signal| plan_case(catalogue, signal)).collect();
    CanaryPlan { crate_name: format!("candor_{}", catalogue.head().name().replace('-', "_")), cases }
}

fn plan_case(catalogue: &Catalogue, signal: &Signal) -> Case {
    let fields = signal_fields(catalogue, signal);
    let whole_opt_in = signal.collected == Collected::OptIn;
    let mut found = Found::default();
    find(catalogue, &fields, whole_opt_in, &mut found);
    let keys = found.opt_in_keys.into_iter().filter(|key| !found.default_keys.contains(key)).collect();
    let kind = if signal.kind == SignalKind::Event { "event" } else { "span" };
    Case {
        name: format!("{kind}_{}", signal.id),
        value: struct_literal(catalogue, &quote!(signals), &signal.id, &fields),
        canaries: found.canaries,
        keys,
        whole_opt_in,
    }
}

#[derive(Default)]
struct Found {
    canaries: Vec<String>,
    opt_in_keys: Vec<String>,
    default_keys: Vec<String>,
}

/// Collects canaries and keys from fields and, through objects, from theirs.
fn find(catalogue: &Catalogue, fields: &[StructField], behind: bool, found: &mut Found) {
    for field in fields {
        let opt_in = field.opt_in || behind;
        let keys = if opt_in { &mut found.opt_in_keys } else { &mut found.default_keys };
        keys.push(field.wire.to_owned());
        // A default attribute inside an opt-in one may stand in a default place as well, with the same text.
        if opt_in && field.attribute.collected == Collected::OptIn {
            found.canaries.extend(canary(field.attribute));
        }
        if let Some(object) = field.attribute.ty.object() {
            find(catalogue, &object_fields(catalogue, catalogue.object(object)), opt_in, found);
        }
    }
}

/// The text that stands for an attribute, when its domain takes a free text.
fn canary(attribute: &Attribute) -> Option<String> {
    match attribute.ty.innermost() {
        Type::String(domain) if domain.pattern.is_none() => {
            let text = format!("canary-of-{}", attribute.id);
            let fits = domain.max_length.is_none_or(|most| text.len() <= most);
            fits.then_some(text)
        }
        _ => None,
    }
}

fn struct_literal(catalogue: &Catalogue, module: &TokenStream, id: &str, fields: &[StructField]) -> TokenStream {
    let name = ident(&camel_case(id));
    let values = fields.iter().zip(field_idents(fields)).map(|(field, name)| {
        let value = value(catalogue, field.attribute, &field.attribute.ty);
        if field.required { quote!(#name: #value) } else { quote!(#name: Some(#value)) }
    });
    quote!(#module::#name { #(#values),* })
}

/// A value inside the attribute's domain, as an expression.
fn value(catalogue: &Catalogue, attribute: &Attribute, ty: &Type) -> TokenStream {
    match ty {
        Type::String(domain) => {
            let text = canary(attribute).or_else(|| text_example(attribute)).unwrap_or_default();
            let text: String = text.chars().take(domain.max_length.unwrap_or(usize::MAX)).collect();
            quote!(#text)
        }
        Type::Boolean => quote!(true),
        Type::Int { minimum, maximum } => {
            let number = maximum.or(*minimum).unwrap_or(7);
            quote!(#number)
        }
        Type::Double { minimum, maximum } => {
            let number = maximum.or(*minimum).unwrap_or(0.5);
            quote!(#number)
        }
        Type::Timestamp => quote!(std::time::SystemTime::UNIX_EPOCH),
        Type::Enum(_) => {
            let name = ident(&camel_case(&attribute.id));
            let variant = ident(attribute.variants.last().map_or("", |variant| variant.name.as_str()));
            quote!(enums::#name::#variant)
        }
        Type::Object(id) => {
            let object = catalogue.object(*id);
            struct_literal(catalogue, &quote!(objects), &object.id, &object_fields(catalogue, object))
        }
        Type::List { item, .. } => {
            let item = value(catalogue, attribute, item);
            quote!(&[#item])
        }
    }
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
        use #crate_name::{CATALOGUE, enums, objects, signals};
        use candor::{Consent, Telemetry};

        /// What every recorder makes of a signal, as bytes.
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

        fn check<T: Telemetry>(value: &T, canaries: &[&str], keys: &[&str], whole_opt_in: bool) {
            let opted_in = recorded(Consent::OptedIn, value);
            let default = recorded(Consent::Default, value);
            for canary in canaries {
                assert!(holds(&opted_in, canary), "{canary} does not arrive with consent");
                assert!(!holds(&default, canary), "{canary} leaves without consent");
            }
            for key in keys.iter().map(|key| format!("{key:?}:")) {
                assert!(holds(&opted_in, &key), "{key} does not arrive with consent");
                assert!(!holds(&default, &key), "{key} leaves without consent");
            }
            assert_eq!(recorded(Consent::Off, value), b"[]", "something is built while everything is off");
            if whole_opt_in {
                assert_eq!(default, b"[]", "the signal leaves without consent");
            }
        }

    };
    vec![Artefact { path: "tests/canaries.rs".to_owned(), text: render_file(beginning, &cases) }]
}

fn render_case(case: &Case) -> TokenStream {
    let Case { value, canaries, keys, whole_opt_in, .. } = case;
    let name = ident(&case.name);
    quote! {
        #[test]
        fn #name() {
            let value = #value;
            check(&value, &[#(#canaries),*], &[#(#keys),*], #whole_opt_in);
        }
    }
}
