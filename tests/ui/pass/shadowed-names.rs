//! The expansion stands on its own feet: a module that shadows the prelude does not disturb it.
#![allow(dead_code, unused_imports, non_camel_case_types)]

use candor::Telemetry;

mod shadows {
    pub struct Option;
    pub struct Some;
    pub struct Result;
    pub struct Vec;
    pub struct String;
    pub trait Recorder {}
    pub mod std {}
    pub mod core {}
}

use shadows::*;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything<'a, T, __V: ?Sized> {
    flag: bool,
    #[telemetry(attribute = "number")]
    r#type: i64,
    words: &'a [T],
    #[telemetry(skip)]
    other: &'a __V,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", attribute = "colour")]
enum Colour {
    Red,
    #[telemetry(member = "light blue")]
    Sky,
}

fn main() {
    let value = Everything { flag: false, r#type: 3, words: &["a"], other: "x" };
    let payload = candor::payload(candor::Consent::Default, &value).unwrap();
    assert!(payload.contains(r#"{"flag":false,"number":3,"words":["a"]}"#), "{payload}");
}
