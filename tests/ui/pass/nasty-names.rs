//! Names and texts of a catalogue cannot break generated code, nor put code into it.
#![deny(warnings)]

mod nasty {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/nasty.rs"));
}

fn main() {
    let value = nasty::String {
        r#type: 1,
        r#match: Some("\"#\\"),
        r#fn: nasty::Fn::AB,
        na_me_of: Some("x"),
        clash: true,
        clash_b: false,
        crate_like: &[nasty::Loop { se_lf: 2, r#yield: "", a_b: nasty::Fn::Empty }],
        record: None,
    };
    let payload = candor::preview(&nasty::CATALOGUE, candor::Consent::Default, &value).unwrap();
    let expected = r##""attributes":{"type":1,"match":"\"#\\","fn":"a\"b","na\"me.\\of?":"x","clash?":true,"clash!":false,"crate_like":[{"se\"lf":2,"yield":"","a b":""}]}}"##;
    assert!(payload.ends_with(expected), "{payload}");
    assert_eq!(nasty::validate::check(candor::validate::Level::Default, payload.as_bytes()), []);
    assert_eq!(candor::catalogue!("tests/fixtures/nasty.yaml").service, "na\"sty\\");
}
