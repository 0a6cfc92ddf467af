//! Promises of the page: opt-in, derivation, equal names on the wire, texts.

use crate::check;

#[test]
fn mixed_row() {
    check(
        "    row: agent_data\n    collected: default\n    type: int",
        "    row: agent_data\n    collected: opt_in\n    type: int",
        &[("E0201", "agent_data")],
    );
}

#[test]
fn required_opt_in_field() {
    check("goal: agent_goal", "goal: {attribute: agent_goal, requirement: required}", &[("E0202", "required")]);
}

#[test]
fn required_opt_in_attribute() {
    check("{crew_process: optional}", "{crew_process: optional, temperature: required}", &[("E0202", "required")]);
}

#[test]
fn optional_opt_in_attribute() {
    check("{crew_process: optional}", "{crew_process: optional, temperature: optional}", &[]);
}

#[test]
fn derived_from_opt_in() {
    check("derived_from: [agent_role]", "derived_from: [agent_goal]", &[("E0207", "agent_goal")]);
}

#[test]
fn derived_from_itself() {
    check("derived_from: [agent_role]", "derived_from: [agent_key]", &[("E0110", "agent_key")]);
}

#[test]
fn derived_by_way_of_another() {
    check(
        "personal: possible\n    brief: role of the agent",
        "derived_from: [agent_goal]\n    brief: role of the agent",
        &[("E0207", "agent_role"), ("E0207", "agent_goal")],
    );
}

#[test]
fn derived_from_two_opt_in() {
    check("derived_from: [agent_role]", "derived_from: [agent_goal, temperature]", &[("E0207", "agent_goal")]);
}

#[test]
fn derived_from_each_other() {
    check(
        "personal: possible\n    brief: role of the agent",
        "derived_from: [agent_key]\n    brief: role of the agent",
        &[("E0110", "agent_key")],
    );
}

#[test]
fn same_wire_name_in_a_signal() {
    check("name: created_at", "name: crew_process", &[("E0208", "at")]);
}

#[test]
fn same_wire_name_as_a_common_attribute() {
    check("name: created_at", "name: crewai_version", &[("E0208", "at")]);
}

#[test]
fn same_wire_name_of_events() {
    check(
        "common:",
        "  crew_lost: {name: crew.failed, collected: default, brief: lost, row: signup}\ncommon:",
        &[("E0208", "crew.failed")],
    );
}

#[test]
fn same_wire_name_of_a_span_and_an_event() {
    check("name: crew.failed", "name: Crew Created", &[]);
}

#[test]
fn undisclosed_signal() {
    check("{crew_process: optional}", "{crewai_version: optional}", &[("E0209", "crew_failed")]);
}

#[test]
fn encoding_of_a_timestamp() {
    check("name: created_at", "encoding: map", &[("E0211", "map")]);
}

#[test]
fn no_switch_to_opt_in() {
    check("  opt_in: share_crew\n", "", &[("E0212", "opt_in")]);
}

#[test]
fn empty_brief() {
    check("brief: when", r#"brief: " ""#, &[("E0214", r#"" ""#)]);
}

#[test]
fn title_of_two_lines() {
    check("title: Sign-up", "title: |\n      Sign\n      up", &[("E0214", "Sign\n      up")]);
}

#[test]
fn folded_brief() {
    check("brief: when", "brief: >-\n      when it\n      was", &[]);
}

#[test]
fn list_of_lists() {
    check("type: [agent]", "type: [[agent]]", &[("E0215", "[")]);
}

#[test]
fn renamed_without_a_new_name() {
    check("      renamed_to: agent_max_rpm\n", "", &[("W0301", "renamed")]);
}

#[test]
fn obsolete_without_a_new_name() {
    check("reason: renamed\n      renamed_to: agent_max_rpm", "reason: obsoleted", &[]);
}

#[test]
fn identifiers() {
    let check = |identifier: &str, code: &str, at: &str| {
        check("identifier: content_hash", &format!("identifier: {identifier}"), &[(code, at)]);
    };
    check("hash", "E0009", "hash");
    check("{source: dice, scope: run}", "E0009", "dice");
    check("{source: hash, of: [agent_role], scope: house}", "E0009", "house");
    check("{scope: run}", "E0005", "{");
    check("{source: hash, of: [agent_role], salted: true, rotates: monthly}", "E0015", "monthly");
    check("{source: hash, of: crew_process}", "E0002", "crew_process");
    check("{source: hash, of: [crew_proces]}", "E0102", "crew_proces");
    check("{source: hash, of: [crew_process]}", "E0221", "hash");
    check("{source: hash, of: [agent_goal]}", "E0207", "agent_goal");
}
