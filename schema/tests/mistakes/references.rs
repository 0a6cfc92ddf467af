//! References to rows, attributes, objects and types; entries that nothing refers to.

use crate::check;

#[test]
fn row_of_a_signal() {
    check("    row: signup", "    row: sign", &[("E0101", "sign")]);
}

#[test]
fn row_that_resembles_none() {
    check(
        "    row: agent_expanded\n    collected: opt_in\n    type: double",
        "    row: nowhere\n    collected: opt_in\n    type: double",
        &[("E0101", "nowhere")],
    );
}

#[test]
fn renamed_row() {
    check("  agent_data:", "  agent_dta:", &[("E0101", "agent_data")]);
}

#[test]
fn attribute_of_a_signal() {
    check("      at: required", "      at_all: required", &[("E0102", "at_all")]);
}

#[test]
fn attribute_of_a_field() {
    check("key: agent_key", "key: agent_ky", &[("E0102", "agent_ky")]);
}

#[test]
fn attribute_of_a_field_with_a_requirement() {
    check("{attribute: agent_max_rpm,", "{attribute: agent_rpm,", &[("E0102", "agent_rpm")]);
}

#[test]
fn common_attribute() {
    check("common: [crewai_version]", "common: [crewai_versio]", &[("E0102", "crewai_versio")]);
}

#[test]
fn derived_from_nothing() {
    check("derived_from: [agent_role]", "derived_from: [agent_rle]", &[("E0102", "agent_rle")]);
}

#[test]
fn renamed_to_nothing() {
    check("renamed_to: agent_max_rpm", "renamed_to: agent_max_rmp", &[("E0102", "agent_max_rmp")]);
}

#[test]
fn type_of_another_language() {
    check("type: boolean", "type: bool", &[("E0103", "bool")]);
}

#[test]
fn misspelt_type() {
    check("type: timestamp", "type: timestmp", &[("E0103", "timestmp")]);
}

#[test]
fn misspelt_object() {
    check("type: [agent]", "type: [agnt]", &[("E0103", "agnt")]);
}

#[test]
fn unused_attribute() {
    check(
        "attributes: {temperature: required, crewai_version: required}",
        "attributes: {crewai_version: required}\n    row: agent_expanded",
        &[("E0105", "temperature")],
    );
}

#[test]
fn unused_object() {
    check("type: [agent]\n    max_items: 100\n    encoding: json", "type: boolean", &[("E0107", "agent")]);
}

#[test]
fn empty_row() {
    check("  signup:\n", "  location:\n    title: Location\n  signup:\n", &[("E0106", "location")]);
}

#[test]
fn common_twice() {
    check("common: [crewai_version]", "common: [crewai_version, crewai_version]", &[("E0108", "crewai_version")]);
}
