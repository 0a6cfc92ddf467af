//! Samples of the kinds of values that only the catalogue of the hand-written vectors has.

use std::collections::{BTreeMap, HashMap};

use candor::Telemetry;

use crate::crewai::Audience;
use crate::samples::Part;

pub fn show(audience: &mut impl Audience) {
    audience.add(&Choices { hues: Some(vec![Hues::Red]), ..Choices::new() });
    audience.add(&Chosen { hues: Some(vec![Hues::Red]), ..Chosen::new() });
    audience.add(&Maps::new());
    audience.add(&Counted::new());
    let folder = || Folder { counts: BTreeMap::from([("a", 1)]), extra: Some("1") };
    audience.add(&Extras { extra: "1", scrap: None, folder: Some(folder()) });
    audience.add(&Added { extra: "1", scrap: None, folder: Some(folder()) });
    let maybe_part = || Some(MaybePart { hue: "red", maybe: None, maybe_hue: None });
    audience.add(&Nulls { maybe: None, maybe_hue: None, maybe_part: maybe_part() });
    audience.add(&Nulled { maybe: None, maybe_hue: None, maybe_part: maybe_part() });
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/vectors/core.yaml", object = "folder")]
struct Folder {
    counts: BTreeMap<&'static str, i64>,
    extra: Option<&'static str>,
}

macro_rules! maps {
    ($name:ident, $kind:ident = $id:literal) => {
        #[derive(Telemetry)]
        #[telemetry(catalogue = "tests/vectors/core.yaml", $kind = $id)]
        struct $name {
            counts: BTreeMap<&'static str, i64>,
            levels: Option<HashMap<String, &'static str>>,
            lengths: Option<Vec<(String, f64)>>,
            by_part: Option<Vec<(&'static str, Part)>>,
        }

        impl $name {
            fn new() -> Self {
                $name {
                    counts: BTreeMap::from([("a", 1)]),
                    levels: Some(HashMap::from([("cpu".to_owned(), "low")])),
                    lengths: Some(vec![("en".to_owned(), 0.5)]),
                    by_part: Some(vec![("a", Part { name: "a", size: None, note: None, since: None })]),
                }
            }
        }
    };
}

maps!(Maps, span = "maps");
maps!(Counted, event = "counted");

macro_rules! extras {
    ($name:ident, $kind:ident = $id:literal) => {
        #[derive(Telemetry)]
        #[telemetry(catalogue = "tests/vectors/core.yaml", $kind = $id)]
        struct $name {
            extra: &'static str,
            scrap: Option<&'static str>,
            folder: Option<Folder>,
        }
    };
}

extras!(Extras, span = "extras");
extras!(Added, event = "added");

#[derive(Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/vectors/core.yaml", attribute = "hues")]
#[expect(dead_code, reason = "a member must have a variant")]
enum Hues {
    Red,
    Blue,
}

#[derive(Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/vectors/core.yaml", attribute = "code")]
#[expect(dead_code, reason = "a member must have a variant")]
enum Code {
    _1,
    #[telemetry(member = "0.5")]
    Half,
    True,
    Text,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/vectors/core.yaml", object = "maybe_part")]
struct MaybePart {
    hue: &'static str,
    maybe: Option<i64>,
    maybe_hue: Option<&'static str>,
}

macro_rules! choices {
    ($name:ident, $kind:ident = $id:literal) => {
        #[derive(Telemetry)]
        #[telemetry(catalogue = "tests/vectors/core.yaml", $kind = $id)]
        struct $name {
            hue: &'static str,
            hues: Option<Vec<Hues>>,
            code: Option<Code>,
            status: Option<u16>,
        }

        impl $name {
            fn new() -> Self {
                $name { hue: "green", hues: None, code: Some(Code::_1), status: Some(500) }
            }
        }
    };
}

choices!(Choices, span = "choices");
choices!(Chosen, event = "chosen");

macro_rules! nulls {
    ($name:ident, $kind:ident = $id:literal) => {
        #[derive(Telemetry)]
        #[telemetry(catalogue = "tests/vectors/core.yaml", $kind = $id)]
        struct $name {
            maybe: Option<i64>,
            maybe_hue: Option<&'static str>,
            maybe_part: Option<MaybePart>,
        }
    };
}

nulls!(Nulls, span = "nulls");
nulls!(Nulled, event = "nulled");
