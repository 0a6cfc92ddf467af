//! Many ways to make a mistake in one sound catalogue: each gives one finding, at what is wrong.

use candor_schema::load_str;

/// A catalogue that is fine.
const SOUND: &str = r#"
candor: 1
name: crewai
title: CrewAI
version: 1.2.0
service: crewAI-telemetry
endpoint: https://telemetry.example.com:4319
consent:
  opt_in: share_crew
  opt_out: [CREWAI_DISABLE_TELEMETRY, CREWAI_DISABLE_TRACKING]
rows:
  versions:
    title: Versions
    reason: What runs where.
    personal: none
  crew_metadata:
    title: Crew Metadata
    reason: How crews are put together.
    personal: none
  agent_data:
    title: Agent Data
    personal: none
  agent_expanded:
    title: Agent Expanded Data
    personal: none
  signup:
    title: Sign-up
    personal: none
attributes:
  crewai_version:
    row: versions
    collected: default
    type: string
    pattern: '^[0-9]+\.[0-9]+$'
    brief: version of CrewAI
    examples: ["1.15"]
  crew_process:
    row: crew_metadata
    collected: default
    type: {enum: [sequential, hierarchical]}
    brief: process type
    examples: [sequential]
  crew_agents:
    row: agent_data
    collected: default
    type: [agent]
    max_items: 100
    encoding: json
    brief: the crew's agents
  agent_key:
    row: agent_data
    collected: default
    type: string
    pattern: '^[0-9a-f]{32}$'
    identifier: content_hash
    derived_from: [agent_role]
    brief: key of the agent
  agent_role:
    row: agent_data
    collected: default
    type: string
    max_length: 256
    on_violation: truncate
    free_text: true
    personal: possible
    brief: role of the agent
    since: 1.1.0
    allow: {W0306: the page names it}
  agent_goal:
    row: agent_expanded
    collected: opt_in
    type: string
    max_length: 4096
    personal: possible
    brief: goal description
  agent_max_rpm:
    row: agent_data
    collected: default
    type: int
    minimum: 0
    maximum: 100000
    brief: most requests a minute
    examples: [30]
  agent_verbose:
    row: agent_data
    collected: default
    type: boolean
    brief: whether it is verbose
    deprecated:
      reason: renamed
      renamed_to: agent_max_rpm
    stability: beta
  temperature:
    row: agent_expanded
    collected: opt_in
    type: double
    minimum: 0.0
    maximum: 2.0
    brief: temperature
  at:
    row: crew_metadata
    collected: default
    type: timestamp
    name: created_at
    brief: when
objects:
  agent:
    brief: An agent of a crew.
    fields:
      key: agent_key
      role: agent_role
      goal: agent_goal
      max_rpm: {attribute: agent_max_rpm, requirement: optional}
      "verbose?": agent_verbose
spans:
  crew_created:
    name: Crew Created
    collected: default
    brief: A crew was put together.
    attributes:
      crew_process: required
      crew_agents: required
      at: required
  crew_execution:
    name: Crew Execution
    collected: opt_in
    brief: A crew ran.
    since: 1.0.0
    attributes: {temperature: required, crewai_version: required}
  signed_up:
    name: Signed Up
    collected: default
    brief: Somebody signed up.
    row: signup
events:
  crew_failed:
    name: crew.failed
    collected: default
    brief: A crew failed.
    attributes: {crew_process: optional}
common: [crewai_version]
"#;

/// Puts `to` for the first `from` in the sound catalogue, and expects these findings: code and marked text.
fn check(from: &str, to: &str, expected: &[(&str, &str)]) {
    assert!(SOUND.contains(from), "the sound catalogue has no {from:?}");
    let loaded = load_str("catalogue.yaml", &SOUND.replacen(from, to, 1));
    let found: Vec<_> = loaded
        .findings
        .iter()
        .map(|finding| {
            let text = &loaded.sources.files()[0].text;
            (finding.code, &text[finding.place.start as usize..finding.place.end as usize])
        })
        .collect();
    assert_eq!(found, expected, "{:#?}", loaded.findings);
    let errors = expected.iter().any(|(code, _)| code.starts_with('E'));
    assert_eq!(loaded.catalogue.is_none(), errors);
}

#[test]
fn sound() {
    check("", "", &[]);
}

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
    check("common: [crewai_version]", "common: {crewai_version: required}", &[("E0002", "{")]);
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
fn number_for_an_enum_member() {
    check("{enum: [sequential, hierarchical]}", "{enum: [sequential, 2]}", &[("E0002", "2")]);
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
    check("    stability: beta", "    <<: {stability: beta}", &[("E0003", "<<")]);
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

#[test]
fn name_with_upper_case() {
    check("  crew_metadata:", "  crew_Metadata:", &[("E0006", "crew_Metadata")]);
}

#[test]
fn name_with_a_space() {
    check("  signed_up:", "  \"signed up\":", &[("E0006", "\"signed up\"")]);
}

#[test]
fn name_with_a_space_that_others_write_without() {
    check("  crew_process:", "  crew process:", &[("E0006", "crew process")]);
}

#[test]
fn name_with_a_digit_first() {
    check("  signed_up:", "  2signed_up:", &[("E0006", "2signed_up")]);
}

#[test]
fn catalogue_name_with_upper_case() {
    check("name: crewai", "name: crewAI", &[("E0006", "crewAI")]);
}

#[test]
fn catalogue_name_with_a_hyphen() {
    check("name: crewai", "name: crew-ai", &[]);
}

#[test]
fn name_of_129_characters() {
    check("  signed_up:", &format!("  {}:", "s".repeat(129)), &[("E0006", &"s".repeat(129))]);
}

#[test]
fn name_of_128_characters() {
    check("  signed_up:", &format!("  {}:", "s".repeat(128)), &[]);
}

#[test]
fn name_of_a_rust_word() {
    check("  signed_up:", "  self:", &[("E0006", "self")]);
}

#[test]
fn same_name_in_rust() {
    check("  crew_failed:", "  crew__created:", &[("E0006", "crew__created")]);
}

#[test]
fn object_of_a_types_name() {
    check("objects:\n", "objects:\n  string:\n    fields: {role: agent_role}\n", &[("E0006", "string")]);
}

#[test]
fn enum_for_a_type() {
    check("type: boolean", "type: enum", &[("E0103", "enum")]);
}

#[test]
fn empty_wire_name() {
    check("name: created_at", r#"name: """#, &[("E0006", r#""""#)]);
}

#[test]
fn wire_name_with_a_control_character() {
    check("name: Signed Up", r#"name: "Signed\u0007Up""#, &[("E0014", r#""Signed\u0007Up""#)]);
}

#[test]
fn field_name_that_reads_backwards() {
    check(r#"      "verbose?":"#, r#"      "verbose\u202E":"#, &[("E0006", r#""verbose\u202E""#)]);
}

#[test]
fn field_name_with_a_line_break() {
    check(r#"      "verbose?":"#, r#"      "verbose\n":"#, &[("E0006", r#""verbose\n""#)]);
}

#[test]
fn wire_name_of_257_characters() {
    check("name: created_at", &format!("name: {}", "x".repeat(257)), &[("E0006", &"x".repeat(257))]);
}

#[test]
fn later_format() {
    check("candor: 1", "candor: 2", &[("E0007", "2")]);
}

#[test]
fn misspelt_word() {
    check("requirement: optional", "requirement: optinal", &[("E0009", "optinal")]);
}

#[test]
fn misspelt_requirement() {
    check("crew_agents: required", "crew_agents: requird", &[("E0009", "requird")]);
}

#[test]
fn unknown_stability() {
    check("stability: beta", "stability: shaky", &[("E0009", "shaky")]);
}

#[test]
fn version_with_a_letter() {
    check("version: 1.2.0", "version: 1.2.x", &[("E0011", "1.2.x")]);
}

#[test]
fn version_of_four_numbers() {
    check("version: 1.2.0", "version: 1.2.0.1", &[("E0011", "1.2.0.1")]);
}

#[test]
fn version_with_a_sign() {
    check("version: 1.2.0", "version: +1.2.0", &[("E0011", "+1.2.0")]);
}

#[test]
fn since_later_than_the_catalogue() {
    check("since: 1.1.0", "since: 1.10.0", &[("E0011", "1.10.0")]);
}

#[test]
fn since_of_four_numbers() {
    check("since: 1.0.0", r#"since: "1.0.0.1""#, &[("E0011", r#""1.0.0.1""#)]);
}

#[test]
fn variable_with_a_hyphen() {
    check("CREWAI_DISABLE_TRACKING", "CREWAI-DISABLE", &[("E0012", "CREWAI-DISABLE")]);
}

#[test]
fn variable_with_a_digit_first() {
    check("CREWAI_DISABLE_TRACKING", "2CREWAI", &[("E0012", "2CREWAI")]);
}

#[test]
fn variable_twice() {
    check("CREWAI_DISABLE_TRACKING", "CREWAI_DISABLE_TELEMETRY", &[("E0012", "CREWAI_DISABLE_TELEMETRY")]);
}

#[test]
fn empty_switch() {
    check("opt_in: share_crew", r#"opt_in: """#, &[("E0012", r#""""#)]);
}

#[test]
fn endpoint_without_a_scheme() {
    check(
        "https://telemetry.example.com:4319",
        "telemetry.example.com:4319",
        &[("E0012", "telemetry.example.com:4319")],
    );
}

#[test]
fn endpoint_of_another_scheme() {
    check(
        "https://telemetry.example.com:4319",
        "ftp://telemetry.example.com",
        &[("E0012", "ftp://telemetry.example.com")],
    );
}

#[test]
fn endpoint_without_a_host() {
    check("https://telemetry.example.com:4319", "https://:4319/v1", &[("E0012", "https://:4319/v1")]);
}

#[test]
fn endpoint_with_credentials() {
    check(
        "https://telemetry.example.com:4319",
        "https://user:secret@telemetry.example.com",
        &[("E0012", "https://user:secret@telemetry.example.com")],
    );
}

#[test]
fn endpoint_with_a_space() {
    check(
        "https://telemetry.example.com:4319",
        "https://telemetry.example.com/a b",
        &[("E0012", "https://telemetry.example.com/a b")],
    );
}

#[test]
fn endpoint_of_an_ipv6_address() {
    check("https://telemetry.example.com:4319", "http://[::1]:4318", &[]);
}

#[test]
fn endpoint_with_an_at_in_its_path() {
    check("https://telemetry.example.com:4319", "https://telemetry.example.com/@v1", &[]);
}

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
