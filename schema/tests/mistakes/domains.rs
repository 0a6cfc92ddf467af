//! Domains: enums, bounds, and examples that must lie inside.

use crate::check;

#[test]
fn unbounded_strings_in_a_list() {
    check("type: boolean", "type: [string]", &[("E0203", "string")]);
}

#[test]
fn bounded_strings_in_a_list() {
    check("type: boolean", "type: [string]\n    max_length: 8\n    max_items: 3", &[]);
}

#[test]
fn enum_without_members() {
    check("{enum: [sequential, hierarchical]}", "{enum: []}", &[("E0204", "{")]);
}

#[test]
fn enum_with_a_member_twice() {
    check("{enum: [sequential, hierarchical]}", "{enum: [sequential, sequential]}", &[("E0204", "sequential")]);
}

#[test]
fn enum_with_the_same_variant_twice() {
    check(
        "{enum: [sequential, hierarchical]}",
        r#"{enum: [sequential, "se-quential", "seDash quential", "seDash_quential"]}"#,
        &[],
    );
    check(
        "{enum: [sequential, hierarchical]}",
        "{enum: [sequential, kB, KB, {value: kb, name: kb}]}",
        &[("E0204", "KB")],
    );
}

#[test]
fn enum_with_a_control_character() {
    check("{enum: [sequential, hierarchical]}", r#"{enum: [sequential, "a\tb"]}"#, &[("E0204", r#""a\tb""#)]);
}

#[test]
fn enum_of_1001_members() {
    let members: Vec<_> = (0..1001).map(|number| format!("m{number}")).collect();
    let members = format!("{{enum: [{}]}}", members.join(", "));
    let from = "    type: {enum: [sequential, hierarchical]}\n    brief: process type\n    examples: [sequential]";
    check(from, &format!("    type: {members}\n    brief: process type"), &[("E0204", "{")]);
}

#[test]
fn enum_with_an_empty_member() {
    check("{enum: [sequential, hierarchical]}", r#"{enum: [sequential, ""]}"#, &[]);
}

#[test]
fn example_not_in_the_enum() {
    check("examples: [sequential]", "examples: [parallel]", &[("E0205", "parallel")]);
}

#[test]
fn example_outside_the_pattern() {
    check(r#"examples: ["1.15"]"#, r#"examples: ["1.15", "1.15.2"]"#, &[("E0205", r#""1.15.2""#)]);
}

#[test]
fn example_too_large() {
    check("examples: [30]", "examples: [100001]", &[("E0205", "100001")]);
}

#[test]
fn example_of_another_type() {
    check("examples: [30]", r#"examples: ["30"]"#, &[("E0205", r#""30""#)]);
}

#[test]
fn example_with_a_fraction() {
    check("examples: [30]", "examples: [30.5]", &[("E0205", "30.5")]);
}

#[test]
fn example_that_is_no_number() {
    check("maximum: 2.0\n", "maximum: 2.0\n    examples: [.nan]\n", &[("E0205", ".nan")]);
}

#[test]
fn example_that_is_too_long() {
    check(
        "brief: role of the agent",
        &format!("brief: role of the agent\n    examples: [{}]", "x".repeat(257)),
        &[("E0205", &"x".repeat(257))],
    );
}

#[test]
fn example_of_256_characters() {
    check("brief: role of the agent", &format!("brief: role of the agent\n    examples: [{}]", "é".repeat(256)), &[]);
}

#[test]
fn example_of_no_day() {
    check(
        "brief: when",
        "brief: when\n    examples: [\"2026-13-01T00:00:00Z\"]",
        &[("E0205", r#""2026-13-01T00:00:00Z""#)],
    );
}

#[test]
fn example_of_a_time() {
    check("brief: when", "brief: when\n    examples: [\"2026-11-20T16:09:11.939149Z\"]", &[]);
}

#[test]
fn example_of_an_object() {
    check("brief: the crew's agents", "brief: the crew's agents\n    examples: [x]", &[("E0205", "x")]);
}

#[test]
fn example_of_a_list() {
    check("type: boolean", "type: [boolean]\n    max_items: 2\n    examples: [[true, false], true]", &[]);
}

#[test]
fn example_of_a_list_too_long() {
    check("type: boolean", "type: [boolean]\n    max_items: 1\n    examples: [[true, false]]", &[("E0205", "[")]);
}

#[test]
fn example_beyond_64_bits() {
    check(
        "maximum: 100000\n    brief: most requests a minute\n    examples: [30]",
        "brief: most requests a minute\n    examples: [9223372036854775808]",
        &[("E0205", "9223372036854775808")],
    );
}

#[test]
fn max_length_of_a_boolean() {
    check("type: boolean", "type: boolean\n    max_length: 5", &[("E0206", "5")]);
}

#[test]
fn pattern_of_an_int() {
    check("minimum: 0\n    maximum: 100000", "pattern: '^[0-9]+$'", &[("E0206", "'^[0-9]+$'")]);
}

#[test]
fn minimum_of_a_string() {
    check("on_violation: truncate", "minimum: 3", &[("E0206", "3")]);
}

#[test]
fn max_items_of_no_list() {
    check("type: boolean", "type: boolean\n    max_items: 5", &[("E0206", "5")]);
}

#[test]
fn negative_max_length() {
    check("max_length: 4096", "max_length: -1", &[("E0206", "-1")]);
}

#[test]
fn negative_max_items() {
    check("max_items: 100", "max_items: -100", &[("E0206", "-100")]);
}

#[test]
fn fraction_for_an_int() {
    check("minimum: 0\n", "minimum: 0.5\n", &[("E0206", "0.5")]);
}

#[test]
fn minimum_above_the_maximum() {
    check("minimum: 0\n", "minimum: 100001\n", &[("E0206", "100001")]);
}

#[test]
fn truncate_with_a_pattern() {
    check("identifier: content_hash", "identifier: content_hash\n    on_violation: truncate", &[("E0206", "truncate")]);
}

#[test]
fn truncate_of_an_int() {
    check("minimum: 0\n", "on_violation: truncate\n    minimum: 0\n", &[("E0206", "truncate")]);
}

#[test]
fn free_text_of_a_boolean() {
    check("type: boolean", "type: boolean\n    free_text: true", &[("E0206", "true")]);
}

#[test]
fn no_free_text_of_a_boolean() {
    check("type: boolean", "type: boolean\n    free_text: false", &[]);
}

#[test]
fn identifier_of_a_boolean() {
    check("type: boolean", "type: boolean\n    identifier: random", &[("E0206", "random")]);
}

#[test]
fn bound_of_an_unknown_type() {
    check("type: boolean", "type: bolean\n    max_length: 5", &[("E0103", "bolean")]);
}

/// Checks another type of `crew_process`, without its examples.
#[track_caller]
fn check_type(ty: &str, expected: &[(&str, &str)]) {
    let from = "{enum: [sequential, hierarchical]}\n    brief: process type\n    examples: [sequential]";
    check(from, &format!("{ty}\n    brief: process type"), expected);
}

#[test]
fn other_that_is_listed() {
    check_type("{enum: [a, b], other: b}", &[("E0204", "b")]);
    check_type("{enum: [3, a], other: 3.0}", &[("E0204", "3.0")]);
    check_type("{enum: [9007199254740993]}", &[("E0204", "9007199254740993")]);
}

#[test]
fn map_without_bounds() {
    check_type("{map: boolean, keys: {personal: none}}", &[("E0203", "{")]);
    check_type("{map: boolean, keys: {enum: [a, a]}}", &[("E0204", "a")]);
    check_type("{map: boolean, keys: {enum: [a], max_length: 3}}", &[("E0206", "3")]);
    check_type("{map: boolean, keys: {pattern: 'a+'}}", &[("E0210", "'a+'")]);
    check_type("{map: [boolean], keys: {max_length: 3}}", &[("E0215", "[")]);
    check_type("{map: boolean}", &[("E0005", "{")]);
    check_type("{map: boolean, enum: [a], keys: {max_length: 3}}", &[("E0002", "[")]);
    check_type("{map: boolean, keys: {max_length: 3, personal: possible}}", &[("E0216", "possible")]);
}

#[test]
fn json_without_bounds() {
    let json = "json\n    max_length: 9\n    max_depth: 33";
    check_type(json, &[("E0250", "default"), ("E0250", "33")]);
}
