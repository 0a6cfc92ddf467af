//! Mistakes of a type that the derive macro finds. It makes these findings itself; their texts are here, like all
//! others, so that `candor explain` knows them.

use crate::{Check, Severity};

const fn check(
    code: &'static str,
    title: &'static str,
    what: &'static str,
    why: &'static str,
    wrong: &'static str,
    right: &'static str,
) -> Check {
    Check { code, severity: Severity::Error, waivable: false, title, what, why, wrong, right }
}

/// A name that the catalogue does not have.
pub const UNKNOWN_NAME: Check = check(
    "E0401",
    "unknown name in a derive",
    "`#[telemetry(…)]` names a span, event, object or attribute that the catalogue does not have.",
    "Code can only report what the catalogue lists.",
    "#[derive(Telemetry)]\n#[telemetry(catalogue = \"telemetry\", span = \"startd\")]\nstruct Started {}\n",
    "#[derive(Telemetry)]\n#[telemetry(catalogue = \"telemetry\", span = \"started\")]\nstruct Started {}\n",
);

/// A field that is no attribute.
pub const UNKNOWN_FIELD: Check = check(
    "E0402",
    "field that is no attribute",
    "A field's name is no attribute of its span, event or object, and the field is not marked `#[telemetry(skip)]`.",
    "A new field forces a decision: it is listed in the catalogue, or it is not reported.",
    "struct Started {\n    runs: u32,\n    user: String,\n}\n",
    "struct Started {\n    runs: u32,\n    #[telemetry(skip)]\n    user: String,\n}\n",
);

/// An attribute that two fields claim.
pub const FIELD_TWICE: Check = check(
    "E0403",
    "attribute used twice",
    "Two fields of a type are the same attribute.",
    "Only one of them could be sent, and nobody could say which.",
    "struct Started {\n    runs: u32,\n    #[telemetry(attribute = \"runs\")]\n    starts: u32,\n}\n",
    "struct Started {\n    runs: u32,\n    #[telemetry(skip)]\n    starts: u32,\n}\n",
);

/// A required attribute without a field.
pub const MISSING_FIELD: Check = check(
    "E0404",
    "required attribute without a field",
    "The span, event or object requires an attribute that no field of the type is.",
    "Receivers refuse signals without their required attributes.",
    "struct Started {}\n",
    "struct Started {\n    runs: u32,\n}\n",
);

/// A required attribute that may be missing.
pub const OPTIONAL_FIELD: Check = check(
    "E0405",
    "required attribute as an `Option`",
    "The field of a required attribute is an `Option`.",
    "It could be missing, and receivers would refuse the signal.",
    "struct Started {\n    runs: Option<u32>,\n}\n",
    "struct Started {\n    runs: u32,\n}\n",
);

/// A variant that is no member.
pub const UNKNOWN_MEMBER: Check = check(
    "E0406",
    "variant that is no member",
    "A variant of an enum is no member of the attribute's closed domain.",
    "A closed domain holds what the catalogue lists, and nothing else.",
    "enum System {\n    Linux,\n    Plan9,\n}\n",
    "enum System {\n    Linux,\n    Other,\n}\n",
);

/// A type of the wrong shape.
pub const WRONG_SHAPE: Check = check(
    "E0407",
    "type of the wrong shape",
    "A span, event or object is not a struct with named fields, or a closed domain is not an enum of plain variants.",
    "Names in the type are names in the catalogue; without names there is nothing to hold against it.",
    "#[derive(Telemetry)]\n#[telemetry(catalogue = \"telemetry\", span = \"started\")]\nstruct Started(u32);\n",
    "#[derive(Telemetry)]\n#[telemetry(catalogue = \"telemetry\", span = \"started\")]\nstruct Started {\n    runs: u32,\n}\n",
);

/// A `#[telemetry(…)]` that cannot be read.
pub const BAD_ATTRIBUTE: Check = check(
    "E0408",
    "unreadable `#[telemetry(…)]`",
    "`#[telemetry(…)]` says something that means nothing there, says it twice, or does not say what the type is.",
    "A decision that is not understood is not a decision.",
    "#[telemetry(catalog = \"telemetry\", span = \"started\")]\n",
    "#[telemetry(catalogue = \"telemetry\", span = \"started\")]\n",
);

/// No catalogue at the path.
pub const NO_CATALOGUE: Check = check(
    "E0409",
    "no catalogue at the path",
    "There is no catalogue at the path, seen from the package's folder and the folders above it.",
    "Without the catalogue nothing can be held against it.",
    "#[telemetry(catalogue = \"telemtry\", span = \"started\")]\n",
    "#[telemetry(catalogue = \"telemetry\", span = \"started\")]\n",
);

/// A field that holds something else than its attribute.
pub const WRONG_TYPE: Check = check(
    "E0410",
    "field of the wrong type",
    "A field's type is text, a number, a boolean, a time or a list, and its attribute is something else.",
    "Nothing is turned into something else on the way: that is how a whole object once left as a text.",
    "struct Started {\n    runs: String,\n}\n",
    "struct Started {\n    runs: u32,\n}\n",
);

/// All of them, by code.
pub const CHECKS: &[&Check] = &[
    &UNKNOWN_NAME,
    &UNKNOWN_FIELD,
    &FIELD_TWICE,
    &MISSING_FIELD,
    &OPTIONAL_FIELD,
    &UNKNOWN_MEMBER,
    &WRONG_SHAPE,
    &BAD_ATTRIBUTE,
    &NO_CATALOGUE,
    &WRONG_TYPE,
];
