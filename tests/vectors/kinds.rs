//! Samples of the kinds of values that only the catalogue of the hand-written vectors has.

use candor::Telemetry;

use crate::crewai::Audience;

pub fn show(audience: &mut impl Audience) {
    audience.add(&Choices { hues: Some(vec![Hues::Red]), ..Choices::new() });
    audience.add(&Chosen { hues: Some(vec![Hues::Red]), ..Chosen::new() });
    let maybe_part = || Some(MaybePart { hue: "red", maybe: None, maybe_hue: None });
    audience.add(&Nulls { maybe: None, maybe_hue: None, maybe_part: maybe_part() });
    audience.add(&Nulled { maybe: None, maybe_hue: None, maybe_part: maybe_part() });
}

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
