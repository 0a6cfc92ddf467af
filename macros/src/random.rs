//! Random types: whatever is derived on, the derive answers with code that parses, and every mistake leaves the type with
//! an implementation.

use proptest::prelude::*;
use proptest::sample::select;

use crate::input::{catalogue, derive};

fn attribute() -> impl Strategy<Value = &'static str> {
    select(vec![
        "",
        "#[telemetry]",
        "#[telemetry()]",
        "#[telemetry(skip)]",
        "#[telemetry(skip = true)]",
        "#[telemetry(span)]",
        "#[telemetry(span = 5)]",
        "#[telemetry = \"span\"]",
        "#[telemetry(span = \"everything\")]",
        "#[telemetry(span = \"noted\")]",
        "#[telemetry(event = \"noted\")]",
        "#[telemetry(object = \"part\")]",
        "#[telemetry(attribute = \"colour\")]",
        "#[telemetry(attribute = \"flag\")]",
        "#[telemetry(member = \"red\")]",
        "#[telemetry(member = \"\")]",
        "#[telemetry(catalogue = \"tests/fixtures/ui.yaml\")]",
        "#[telemetry(catalogue = \"tests/fixtures/broken\")]",
        "#[telemetry(catalogue = \"\")]",
        "#[telemetry(catalogue = \"..\")]",
        "#[telemetry(catalogue = \"nowhere/\\u{0}\")]",
        "#[telemetry(nonsense(nested = [1, 2]))]",
        "#[doc = \"text\"]",
    ])
}

fn attributes() -> impl Strategy<Value = String> {
    let catalogue = prop::option::weighted(0.8, Just("#[telemetry(catalogue = \"tests/fixtures/ui.yaml\")]"));
    let of = select(vec![
        "",
        "#[telemetry(span = \"everything\")]",
        "#[telemetry(object = \"part\")]",
        "#[telemetry(attribute = \"colour\")]",
    ]);
    (catalogue, of, prop::collection::vec(attribute(), 0..2))
        .prop_map(|(catalogue, of, others)| format!("{} {of} {}", catalogue.unwrap_or_default(), others.concat()))
}

fn ty() -> impl Strategy<Value = &'static str> {
    select(vec![
        "bool",
        "i64",
        "u8",
        "f64",
        "String",
        "&'static str",
        "T",
        "Vec<T>",
        "Vec<String>",
        "Option<bool>",
        "[u8; 4]",
        "[String]",
        "(u8, u8)",
        "fn(u8) -> u8",
        "dyn Send",
        "impl Send",
        "!",
        "_",
        "<T as Iterator>::Item",
        "Vec<>",
        "Option",
        "Cow<'static, str>",
        "std::time::SystemTime",
        "crate::Own<'a, 3>",
        "*const u8",
        "&mut [T]",
        "macro!()",
    ])
}

fn name() -> impl Strategy<Value = &'static str> {
    select(vec![
        "flag",
        "number",
        "word",
        "secret",
        "name",
        "size",
        "r#type",
        "colour",
        "Red",
        "Green",
        "LightBlue",
        "_x",
        "é",
    ])
}

fn generics() -> impl Strategy<Value = &'static str> {
    select(vec!["", "<T>", "<'a, T: Clone>", "<const N: usize>", "<T = u8>", "<>"])
}

fn item() -> impl Strategy<Value = String> {
    let field = (prop::option::weighted(0.2, attribute()), name(), ty())
        .prop_map(|(attribute, name, ty)| format!("{} {name}: {ty}, ", attribute.unwrap_or_default()));
    let variant = (prop::option::weighted(0.2, attribute()), name(), select(vec!["", "(u8)", "{x: u8}", " = 5"]))
        .prop_map(|(attribute, name, rest)| format!("{} {name}{rest}, ", attribute.unwrap_or_default()));
    let body = prop_oneof![
        6 => prop::collection::vec(field, 0..6).prop_map(|fields| ("struct", format!("{{ {} }}", fields.concat()))),
        3 => prop::collection::vec(variant, 0..5).prop_map(|variants| ("enum", format!("{{ {} }}", variants.concat()))),
        1 => prop::collection::vec(ty(), 0..3).prop_map(|types| ("struct", format!("({});", types.join(", ")))),
        1 => Just(("struct", ";".to_owned())),
        1 => Just(("union", "{ flag: bool }".to_owned())),
    ];
    (attributes(), generics(), body)
        .prop_map(|(attributes, generics, (kind, body))| format!("{attributes} {kind} Thing{generics} {body}"))
}

proptest! {
    #[test]
    fn any_type(item in item()) {
        let Ok(input) = syn::parse_str(&item) else { return Ok(()) };
        let code = derive(&input);
        let text = code.to_string();
        let file = syn::parse2::<syn::File>(code);
        prop_assert!(file.is_ok(), "{item}\n{text}");
        prop_assert!(text.contains("impl"), "{item}\n{text}");
    }

    #[test]
    fn any_path(path in "\\PC{0,40}") {
        let path = syn::LitStr::new(&path, proc_macro2::Span::call_site());
        prop_assert!(syn::parse2::<syn::Block>(catalogue(Some(&path))).is_ok());
    }
}
