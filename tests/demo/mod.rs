//! Structs for every signal of `tests/fixtures/demo.yaml`, the catalogue with every type and every bound.

#![allow(dead_code, reason = "every test is a crate of its own and uses a part of this")]

use std::borrow::Cow;
use std::time::SystemTime;

use candor::{Catalogue, Telemetry};

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", attribute = "colour")]
pub enum Colour {
    Red,
    LightBlue,
}

#[derive(Debug, Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", attribute = "colours")]
pub enum Paint {
    Red,
    Green,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", object = "part")]
pub struct Part {
    pub name: Cow<'static, str>,
    pub size: Option<i8>,
    pub note: Cow<'static, str>,
}

#[derive(Debug, Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "everything")]
pub struct Everything {
    pub flag: bool,
    pub number: Option<i32>,
    pub any_number: Option<u64>,
    pub ratio: Option<f64>,
    pub any_ratio: Option<f64>,
    pub numbers: Option<Vec<i128>>,
    pub word: Option<String>,
    pub cut_word: Option<Cow<'static, str>>,
    pub hex: Option<Cow<'static, str>>,
    pub moment: Option<SystemTime>,
    pub colour: Option<Colour>,
    pub colours: Option<Vec<Paint>>,
    pub words: Option<Vec<String>>,
    pub parts: Option<Vec<Part>>,
    #[telemetry(attribute = "parts_json")]
    pub json: Option<Vec<Part>>,
    pub part_one: Option<Part>,
    pub secret: Option<Cow<'static, str>>,
    pub secret_number: Option<i64>,
    pub secret_parts: Option<Vec<Part>>,
}

/// The span `everything` with nothing in it but what it needs.
pub const NOTHING: Everything = Everything {
    flag: false,
    number: None,
    any_number: None,
    ratio: None,
    any_ratio: None,
    numbers: None,
    word: None,
    cut_word: None,
    hex: None,
    moment: None,
    colour: None,
    colours: None,
    words: None,
    parts: None,
    json: None,
    part_one: None,
    secret: None,
    secret_number: None,
    secret_parts: None,
};

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "hidden")]
pub struct Hidden<'a> {
    pub flag: bool,
    pub secret: &'a str,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", event = "noted")]
pub struct Noted<'a, T> {
    pub flag: T,
    pub secret: Option<&'a str>,
}

#[derive(Debug, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", event = "losses")]
pub struct Losses {
    pub lost_signals: u64,
}

pub fn catalogue() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/demo.yaml")
}

pub fn part(name: &'static str, size: Option<i8>, note: &'static str) -> Part {
    Part { name: name.into(), size, note: note.into() }
}
