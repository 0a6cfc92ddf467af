//! Many ways to make a mistake in one sound catalogue: each gives one finding, at what is wrong.

mod disclosure;
mod domains;
mod head;
mod keys;
mod names;
mod references;

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
