//! Names and texts of a catalogue cannot break generated code, nor put code into it.
#![deny(warnings)]

mod nasty {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/nasty.rs"));
}

/// The derive names members as the generator does, and takes raw names for what they are.
mod derived {
    #[derive(candor::Telemetry)]
    #[telemetry(catalogue = "tests/fixtures/nasty.yaml", attribute = "gen")]
    pub enum Gen {
        C,
        CPlusPlus,
        CSharp,
        X86Dash64,
        X86Underscore64,
        Gen,
        LargeC,
    }

    #[derive(candor::Telemetry)]
    #[telemetry(catalogue = "tests/fixtures/nasty.yaml", span = "gen")]
    pub struct Generated<'a> {
        pub r#gen: Gen,
        #[telemetry(attribute = "self?")]
        pub self_: bool,
        #[telemetry(attribute = "self")]
        pub selfish: bool,
        #[telemetry(attribute = "Self")]
        pub big: bool,
        pub super_like: bool,
        #[telemetry(attribute = "super?")]
        pub other: bool,
        pub low: bool,
        pub r#try: bool,
        pub r#dyn: &'a [Inner],
    }

    #[derive(candor::Telemetry)]
    #[telemetry(catalogue = "tests/fixtures/nasty.yaml", object = "gen")]
    pub struct Inner {
        pub r#gen: Gen,
        pub r#dyn: bool,
        #[telemetry(attribute = "crate")]
        pub crate_: bool,
        #[telemetry(attribute = "super")]
        pub super_: bool,
    }
}

fn keywords() -> (String, String) {
    let inner = nasty::objects::Gen { r#gen: nasty::enums::Gen::CPlusPlus, r#dyn: true, crate_: true, super_: true };
    let generated = nasty::signals::Gen {
        r#gen: nasty::enums::Gen::LargeC,
        self_: true,
        selfish: false,
        big: true,
        super_: true,
        super_2: false,
        __: true,
        r#try: true,
        r#dyn: &[inner],
    };
    let inner = derived::Inner { r#gen: derived::Gen::CPlusPlus, r#dyn: true, crate_: true, super_: true };
    let derived = derived::Generated {
        r#gen: derived::Gen::LargeC,
        self_: true,
        selfish: false,
        big: true,
        super_like: true,
        other: false,
        low: true,
        r#try: true,
        r#dyn: &[inner],
    };
    let preview = candor::Consent::Default;
    (
        candor::preview(&nasty::CATALOGUE, preview, &generated).unwrap(),
        candor::preview(&nasty::CATALOGUE, preview, &derived).unwrap(),
    )
}

fn main() {
    let (generated, derived) = keywords();
    let expected = r##""attributes":{"gen?":"C","self?":true,"self":false,"Self":true,"super":true,"super?":false,"_":true,"try":true,"dyn":[{"gen":"c++","dyn":true,"crate":true,"super":true}]}}"##;
    assert!(generated.ends_with(expected), "{generated}");
    assert_eq!(generated.split_once("attributes").unwrap().1, derived.split_once("attributes").unwrap().1);
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
    assert_eq!(nasty::validate::check(candor::Consent::Default, payload.as_bytes()), []);
    assert_eq!(candor::catalogue!("tests/fixtures/nasty.yaml").service, "na\"sty\\");
}
