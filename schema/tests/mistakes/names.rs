//! Names: of entries, on the wire and of a catalogue; words from a fixed list.

use crate::check;

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
