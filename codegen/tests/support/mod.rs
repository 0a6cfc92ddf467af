//! A small catalogue with one of everything.

use candor_schema::{Catalogue, load_str};

/// Everything the cases of this folder need.
pub const DEMO: &str = r#"
candor: 1
name: demo
title: Demo
version: 1.2.0
service: demo
consent:
  opt_in: share_details
  opt_out: [DEMO_NO_TELEMETRY, DO_NOT_TRACK]
docs:
  intro: Hello **you**.
  before:
    - {title: Before, text: This is before.}
  note: Mind the table.
  after:
    - {title: After, text: This is after.}
rows:
  usage: {title: Usage, reason: How the program is used., personal: none}
  details: {title: Details, personal: none}
attributes:
  mode: {row: usage, collected: default, type: {enum: [fast, slow]}, brief: mode (not a text), examples: [fast]}
  runs: {row: usage, collected: default, type: int, minimum: 0, maximum: 100, brief: number of runs}
  total: {row: usage, collected: default, type: int, brief: total so far}
  ratio: {row: usage, collected: default, type: double, minimum: 0.5, brief: ratio}
  at: {row: usage, collected: default, type: timestamp, brief: when, examples: ["2026-11-20T16:09:11Z"]}
  version: {row: usage, collected: default, type: string, pattern: '^[0-9]+(a|b)?$', max_length: 4, brief: version}
  verbose: {row: usage, collected: default, type: boolean, brief: whether it is verbose}
  tags: {row: usage, collected: default, type: [string], max_length: 3, max_items: 2, brief: tags}
  run_id:
    row: usage
    collected: default
    type: string
    pattern: '^[0-9a-f]{8}$'
    brief: run
    identifier: random
    examples: ["01234567"]
  steps: {row: usage, collected: default, type: [step], max_items: 4, encoding: json, brief: the steps}
  last_step: {row: usage, collected: default, type: step, encoding: json, brief: the last step}
  step_id: {row: usage, collected: default, type: int, brief: number of a step}
  step_kind: {row: usage, collected: default, type: {enum: [read, write]}, brief: kind of a step}
  step_part: {row: usage, collected: default, type: part, brief: part of a step}
  part_size: {row: usage, collected: default, type: int, minimum: 0, brief: size of a part}
  step_text:
    row: details
    collected: opt_in
    type: string
    max_length: 8
    on_violation: truncate
    brief: text of a step (yours)
    personal: possible
    free_text: true
  aim: {row: details, collected: opt_in, type: string, max_length: 8, brief: aim}
  goal:
    row: details
    collected: opt_in
    type: string
    max_length: 8
    brief: goal
    personal: possible
    derived_from: [step_text]
    since: 1.1.0
    deprecated: {reason: renamed, renamed_to: aim}
objects:
  step:
    brief: one step
    fields:
      id: step_id
      kind: {attribute: step_kind, requirement: optional}
      part: {attribute: step_part, requirement: optional}
      text: step_text
  part: {fields: {size: part_size}}
spans:
  started:
    name: Started
    collected: default
    brief: the program started
    row: usage
    attributes:
      mode: required
      runs: required
      total: optional
      ratio: optional
      at: optional
      version: optional
      verbose: optional
      tags: optional
      run_id: optional
      steps: required
      last_step: optional
      goal: optional
  explained:
    name: Explained
    collected: opt_in
    brief: the program was explained
    attributes: {goal: required, aim: optional, steps: optional}
events:
  crashed: {name: demo.crashed, collected: default, brief: the program crashed, row: usage, attributes: {runs: required}}
common: [version]
"#;

/// The catalogue of a text that has no errors.
#[track_caller]
pub fn catalogue(text: &str) -> Catalogue {
    let loaded = load_str("catalogue.yaml", text);
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}
