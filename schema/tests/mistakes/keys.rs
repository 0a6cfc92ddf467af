//! Keys and values of another shape: text that is no YAML, other types, keys that are misspelt, doubled or missing.

use crate::check;

#[test]
fn unclosed_quote() {
    check("title: CrewAI", r#"title: "CrewAI"#, &[("E0001", "\"")]);
}

#[test]
fn text_for_a_number() {
    check("maximum: 100000", r#"maximum: "100000""#, &[("E0002", r#""100000""#)]);
}

#[test]
fn number_for_a_version() {
    check("version: 1.2.0", "version: 1", &[("E0002", "1")]);
}

#[test]
fn boolean_for_a_word() {
    check("collected: default\n    type: timestamp", "collected: true\n    type: timestamp", &[("E0002", "true")]);
}

#[test]
fn list_for_a_mapping() {
    check("attributes: {crew_process: optional}", "attributes: [crew_process]", &[("E0002", "[")]);
}

#[test]
fn list_for_all_attributes_of_a_signal() {
    check(
        "attributes: {temperature: required, crewai_version: required}",
        "attributes: [temperature]",
        &[("E0002", "[")],
    );
}

#[test]
fn mapping_for_a_list() {
    let list = "opt_out: [CREWAI_DISABLE_TELEMETRY, CREWAI_DISABLE_TRACKING]";
    check(list, "opt_out: {CREWAI_DISABLE_TELEMETRY: true}", &[("E0002", "{")]);
}

#[test]
fn nothing_for_text() {
    check("title: Sign-up", "title:", &[("E0002", "")]);
}

#[test]
fn number_for_an_attribute() {
    check(
        "  at:\n    row: crew_metadata\n    collected: default\n    type: timestamp\n    name: created_at\n    brief: when\n",
        "  at: 3\n",
        &[("E0002", "3")],
    );
}

#[test]
fn list_for_an_enum_member() {
    check("{enum: [sequential, hierarchical]}", "{enum: [sequential, [2]]}", &[("E0002", "[")]);
}

#[test]
fn type_of_two_items() {
    check("type: [agent]", "type: [agent, agent]", &[("E0002", "[")]);
}

#[test]
fn infinite_bound() {
    check("maximum: 2.0", "maximum: .inf", &[("E0002", ".inf")]);
}

#[test]
fn integer_beyond_64_bits() {
    check("maximum: 100000", "maximum: 9223372036854775808", &[("E0002", "9223372036854775808")]);
}

#[test]
fn text_for_max_length() {
    check("max_length: 4096", "max_length: long", &[("E0002", "long")]);
}

#[test]
fn number_for_a_key() {
    check("    max_items: 100", "    3: 100", &[("E0002", "3")]);
}

#[test]
fn misspelt_key() {
    check("personal: possible\n    brief: goal", "personl: possible\n    brief: goal", &[("E0003", "personl")]);
}

#[test]
fn misspelt_required_key() {
    check(
        "    collected: default\n    type: timestamp",
        "    colected: default\n    type: timestamp",
        &[("E0003", "colected")],
    );
}

#[test]
fn other_word_for_a_required_key() {
    check("    type: timestamp", "    kind: timestamp", &[("E0003", "kind")]);
}

#[test]
fn unknown_key() {
    check("stability: beta", "colour: red", &[("E0003", "colour")]);
}

#[test]
fn misspelt_section() {
    check("attributes:\n", "atributes:\n", &[("E0003", "atributes")]);
}

#[test]
fn unknown_section() {
    check("attributes:\n", "things:\n", &[("E0003", "things")]);
}

#[test]
fn unknown_key_of_consent() {
    check("opt_in: share_crew", "switch: share_crew", &[("E0003", "switch")]);
}

#[test]
fn merge_key() {
    check("    stability: beta", "    <<: beta", &[("E0003", "<<")]);
}

#[test]
fn row_twice() {
    check("  signup:\n", "  signup: {title: Sign, personal: none}\n  signup:\n", &[("E0004", "signup")]);
}

#[test]
fn key_twice() {
    check("    brief: when", "    brief: when\n    brief: then", &[("E0004", "brief")]);
}

#[test]
fn field_twice() {
    check("      goal: agent_goal", "      goal: agent_goal\n      goal: agent_role", &[("E0004", "goal")]);
}

#[test]
fn attribute_of_a_signal_twice() {
    check("{crew_process: optional}", "{crew_process: optional, crew_process: required}", &[("E0004", "crew_process")]);
}

#[test]
fn span_and_event_of_one_name() {
    check("  crew_failed:", "  crew_created:", &[("E0004", "crew_created")]);
}

#[test]
fn name_of_an_entry_missing() {
    check("  agent_goal:\n", "", &[("E0004", "row")]);
}

#[test]
fn missing_title() {
    check("title: CrewAI\n", "", &[("E0005", "candor")]);
}

#[test]
fn missing_collected() {
    check("    collected: opt_in\n    type: double", "    type: double", &[("E0005", "temperature")]);
}

#[test]
fn missing_type() {
    check("    type: timestamp\n", "", &[("E0005", "at")]);
}

#[test]
fn missing_fields() {
    check(
        "    fields:\n      key: agent_key\n      role: agent_role\n      goal: agent_goal\n      max_rpm: {attribute: agent_max_rpm, requirement: optional}\n      \"verbose?\": agent_verbose\n",
        "",
        &[
            ("E0105", "agent_key"),
            ("E0105", "agent_role"),
            ("E0105", "agent_goal"),
            ("E0105", "agent_max_rpm"),
            ("E0105", "agent_verbose"),
            ("E0005", "agent"),
        ],
    );
}
