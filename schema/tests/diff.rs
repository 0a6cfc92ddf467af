//! One change, one entry, of a known class: an edit of a small catalogue, and what `diff` says about it.

use candor_schema::{Catalogue, Change, Class, Diff, diff, load_str};

use Class::{AddsOptIn, Breaks, Narrows, Widens, Wording};

const BASE: &str = include_str!("diff.yaml");

#[track_caller]
fn catalogue(text: &str) -> Catalogue {
    let loaded = load_str("telemetry.yaml", text);
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

/// `BASE` with texts replaced, each of which has to be there once.
#[track_caller]
fn edited(edits: &[(&str, &str)]) -> Catalogue {
    let mut text = BASE.to_owned();
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from:?}");
        text = text.replacen(from, to, 1);
    }
    catalogue(&text)
}

/// Every subject that changed, with its classes.
fn told(diff: &Diff) -> Vec<(&str, &[Class])> {
    diff.changes.iter().map(|change| (change.subject.as_str(), change.classes.as_slice())).collect()
}

/// The edits make just these changes, and their reverse makes those.
#[track_caller]
fn check(edits: &[(&str, &str)], there: &[(&str, &[Class])], back: &[(&str, &[Class])]) {
    let (old, new) = (catalogue(BASE), edited(edits));
    let (forth, reverse) = (diff(&old, &new), diff(&new, &old));
    assert_eq!(told(&forth), there, "{:#?}", forth.changes);
    assert_eq!(told(&reverse), back, "reversed: {:#?}", reverse.changes);
    for change in forth.changes.iter().chain(&reverse.changes) {
        assert!(!change.sentence.is_empty() && !change.sentence.contains("``"), "{change:?}");
    }
}

/// One edit with one effect on one subject, there and back.
#[track_caller]
fn one(from: &str, to: &str, subject: &str, there: &[Class], back: &[Class]) {
    check(&[(from, to)], &[(subject, there)], &[(subject, back)]);
}

#[test]
fn nothing() {
    check(&[], &[], &[]);
    check(
        &[("brief: word", "name: word, personal: none, free_text: false, on_violation: drop, brief: word")],
        &[],
        &[],
    );
}

macro_rules! cases {
    ($($name:ident: $from:literal => $to:literal, $subject:literal, $there:expr, $back:expr;)+) => {
        $(#[test] fn $name() { one($from, $to, $subject, &$there, &$back); })+
    };
}

cases! {
    // Bounds.
    higher_maximum: "maximum: 10," => "maximum: 11,", "attributes.runs", [Widens], [Narrows];
    no_maximum: "maximum: 10, " => "", "attributes.runs", [Widens], [Narrows];
    lower_minimum: "minimum: 1," => "minimum: 0,", "attributes.runs", [Widens], [Narrows];
    no_minimum: "minimum: 1, " => "", "attributes.runs", [Widens], [Narrows];
    higher_double_maximum: "maximum: 1.5," => "maximum: 1.75,", "attributes.ratio", [Widens], [Narrows];
    no_double_minimum: "minimum: 0.5, " => "", "attributes.ratio", [Widens], [Narrows];
    longer_text: "max_length: 8, brief: word" => "max_length: 9, brief: word", "attributes.word", [Widens], [Narrows];
    pattern_instead_of_none: "max_length: 8, brief: word" => "max_length: 8, pattern: '^a*$', brief: word", "attributes.word", [Narrows], [Widens];
    another_pattern: "^[a-z]{4}$" => "^[a-z]{3}$", "attributes.code", [Widens], [Widens];
    one_more_member: "[fast, slow]" => "[fast, slow, still]", "attributes.mode", [Widens], [Narrows];
    members_reordered: "[fast, slow]" => "[slow, fast]", "attributes.mode", [Wording], [Wording];
    more_items: "max_items: 4, brief: tags" => "max_items: 5, brief: tags", "attributes.tags", [Widens], [Narrows];
    no_most_items: "max_items: 4, brief: tags" => "brief: tags", "attributes.tags", [Widens], [Narrows];
    longer_items: "max_length: 8, max_items" => "max_length: 9, max_items", "attributes.tags", [Widens], [Narrows];
    longer_opt_in_text: "opt_in, type: string, max_length: 8" => "opt_in, type: string, max_length: 9", "attributes.goal", [AddsOptIn], [Narrows];
    one_more_opt_in_member: "[a, b]" => "[a, b, c]", "attributes.plan", [AddsOptIn], [Narrows];

    // Types.
    boolean_to_text: "type: boolean," => "type: string, max_length: 4,", "attributes.fine", [Widens, Breaks], [Widens, Breaks];
    boolean_to_list: "type: boolean," => "type: [boolean],", "attributes.fine", [Widens, Breaks], [Widens, Breaks];
    enum_to_text: "type: {enum: [fast, slow]}," => "type: string, max_length: 4,", "attributes.mode", [Widens, Breaks], [Breaks, Narrows];
    enum_to_short_text: "type: {enum: [fast, slow]}," => "type: string, max_length: 3,", "attributes.mode", [Widens, Breaks], [Widens, Breaks];
    double_to_int: "type: double, brief: count" => "type: int, brief: count", "attributes.count", [Breaks, Narrows], [Widens, Breaks];
    bounded_double_to_int: "double, minimum: 0.5, maximum: 1.5" => "int, minimum: 1, maximum: 1", "attributes.ratio", [Breaks, Narrows], [Widens, Breaks];
    bounded_double_to_wider_int: "double, minimum: 0.5, maximum: 1.5" => "int, minimum: 0, maximum: 1", "attributes.ratio", [Widens, Breaks], [Widens, Breaks];
    int_to_timestamp: "type: int, brief: size" => "type: timestamp, brief: size", "attributes.size", [Widens, Breaks], [Widens, Breaks];
    opt_in_enum_to_text: "type: {enum: [a, b]}" => "type: string, max_length: 9", "attributes.plan", [Breaks, AddsOptIn], [Breaks, Narrows];
    encoding: "encoding: json, " => "", "attributes.steps", [Breaks], [Breaks];

    // Names on the wire.
    attribute_name: "brief: number of runs" => "name: run_count, brief: number of runs", "attributes.runs", [Widens, Breaks], [Widens, Breaks];
    opt_in_attribute_name: "brief: goal" => "name: aim, brief: goal", "attributes.goal", [Breaks, AddsOptIn], [Breaks, AddsOptIn];
    span_name: "name: Started" => "name: Begun", "spans.started", [Widens, Breaks], [Widens, Breaks];
    opt_in_span_name: "name: Planned" => "name: Plotted", "spans.planned", [Breaks, AddsOptIn], [Breaks, AddsOptIn];
    event_name: "name: demo.failed" => "name: demo.crashed", "events.failed", [Widens, Breaks], [Widens, Breaks];

    // Promises.
    personal: "personal: possible, " => "", "attributes.role", [Widens], [Widens];
    opt_in_personal: "max_length: 8, brief: goal" => "max_length: 8, personal: possible, brief: goal", "attributes.goal", [AddsOptIn], [Widens];
    free_text: "free_text: true, " => "", "attributes.role", [Narrows], [Widens];
    truncation: ", on_violation: truncate" => "", "attributes.role", [Narrows], [Widens];
    hash_to_stable: "identifier: content_hash" => "identifier: stable", "attributes.id", [Widens], [Narrows];
    hash_to_random: "identifier: content_hash" => "identifier: random", "attributes.id", [Narrows], [Widens];
    random_or_nothing: ", identifier: content_hash" => "", "attributes.id", [Widens], [Widens];
    a_random_one: "brief: code" => "brief: code, identifier: random", "attributes.code", [Narrows], [Widens];
    random_to_installation: "brief: code" => "brief: code, identifier: {source: random, scope: installation}", "attributes.code", [Widens], [Widens];
    a_stable_one: "brief: code" => "brief: code, identifier: stable", "attributes.code", [Widens], [Widens];
    derived_from_more: "brief: word" => "brief: word, derived_from: [mode]", "attributes.word", [Widens], [Narrows];
    derived_from_less: ", derived_from: [goal]" => "", "attributes.plan", [Narrows], [AddsOptIn];

    // What signals and objects carry.
    carried_as_well: "{mode: required}}" => "{mode: required, runs: optional}}", "events.failed.attributes.runs", [Widens], [Breaks];
    opt_in_carried_as_well: "{mode: required}}" => "{mode: required, goal: optional}}", "events.failed.attributes.goal", [AddsOptIn], [Breaks];
    carried_by_an_opt_in_span: "{plan: required, runs: optional}" => "{plan: required, runs: optional, ratio: optional}", "spans.planned.attributes.ratio", [AddsOptIn], [Breaks];
    no_longer_required: "{mode: required}}" => "{mode: optional}}", "events.failed.attributes.mode", [Widens, Breaks], [Breaks];
    no_longer_required_after_opt_in: "{plan: required, " => "{plan: optional, ", "spans.planned.attributes.plan", [Breaks, AddsOptIn], [Breaks];
    common_as_well: "common: [release]" => "common: [release, size]", "common.size", [Widens], [Breaks];
    opt_in_common_as_well: "common: [release]" => "common: [release, plan]", "common.plan", [AddsOptIn], [Breaks];
    field_added: "role: role, goal" => "role: role, mode: mode, goal", "objects.step.fields.mode", [Widens], [Widens, Breaks];
    optional_field_added: "role: role, goal" => "role: role, mode: {attribute: mode, requirement: optional}, goal", "objects.step.fields.mode", [Widens], [Breaks];
    opt_in_field_added: "goal: goal}}" => "goal: goal, plan: plan}}", "objects.step.fields.plan", [AddsOptIn], [Breaks];
    field_of_another_attribute: "role: role, goal" => "role: word, goal", "objects.step.fields.role", [Widens, Breaks], [Widens, Breaks];
    field_may_be_missing: "role: role, goal" => "role: {attribute: role, requirement: optional}, goal", "objects.step.fields.role", [Widens, Breaks], [Breaks];

    // The head.
    catalogue_name: "name: demo\n" => "name: other\n", "name", [Breaks], [Breaks];
    title: "title: Demo" => "title: The demo", "title", [Wording], [Wording];
    service: "service: demo" => "service: other", "service", [Widens, Breaks], [Widens, Breaks];
    endpoint: "https://reports.example" => "https://elsewhere.example", "endpoint", [Widens], [Widens];
    no_endpoint: "endpoint: https://reports.example\n" => "", "endpoint", [Widens], [Widens];
    switch_renamed: "opt_in: share\n" => "opt_in: share_all\n", "consent.opt_in", [Widens], [Widens];
    opt_out_gone: "DEMO_OFF, " => "", "consent.opt_out.DEMO_OFF", [Widens], [Narrows];
    opt_out_that_always_counts: ", DO_NOT_TRACK" => "", "consent.opt_out.DO_NOT_TRACK", [Wording], [Wording];
    opt_out_by_its_false: "[DEMO_OFF, " => "[DEMO_OFF, {variable: DEMO_TELEMETRY, off_when: false}, ", "consent.opt_out.DEMO_TELEMETRY", [Narrows], [Widens];
    a_flag: "[DEMO_OFF, " => "[DEMO_OFF, {flag: --no-telemetry}, ", "consent.opt_out.--no-telemetry", [Narrows], [Widens];
    a_setting: "[DEMO_OFF, " => "[DEMO_OFF, {setting: telemetry.enabled}, ", "consent.opt_out.telemetry.enabled", [Narrows], [Widens];
    a_command: "[DEMO_OFF, " => "[DEMO_OFF, {command: demo telemetry off}, ", "consent.opt_out.demo telemetry off", [Narrows], [Widens];
    an_interval: "name: demo.failed, " => "name: demo.failed, every: 1d, ", "events.failed", [Narrows], [Widens];
    an_interval_of_opt_in: "name: Planned\n" => "name: Planned\n    every: 12h\n", "spans.planned", [Narrows], [AddsOptIn];
    a_parent: "name: demo.failed, " => "name: demo.failed, parents: [started], ", "events.failed.parents.started", [Widens], [Narrows];
    a_parent_of_another_process: "name: Started\n" => "name: Started\n    parents: [remote]\n", "spans.started.parents.remote", [Widens], [Narrows];
    a_parent_of_opt_in: "name: demo.failed, " => "name: demo.failed, parents: [planned], ", "events.failed.parents.planned", [AddsOptIn], [Narrows];
    a_link: "name: Started\n" => "name: Started\n    links_to: [started]\n", "spans.started.links_to.started", [Widens], [Narrows];
    a_link_of_opt_in: "name: Planned\n" => "name: Planned\n    links_to: [started]\n", "spans.planned.links_to.started", [AddsOptIn], [Narrows];
    an_id_handed_on: "name: Started\n" => "name: Started\n    propagates: true\n", "spans.started.propagates", [Widens], [Narrows];
    opt_outs_reordered: "[DEMO_OFF, DO_NOT_TRACK]" => "[DO_NOT_TRACK, DEMO_OFF]", "consent.opt_out", [Wording], [Wording];

    // Texts.
    introduction: "Hello." => "Hello you.", "docs.intro", [Wording], [Wording];
    note_below_the_table: "  note: A note.\n" => "", "docs.note", [Wording], [Wording];
    row_title: "title: Usage" => "title: Use", "rows.usage", [Wording], [Wording];
    row_reason: ", reason: How it is used." => "", "rows.usage", [Wording], [Wording];
    brief: "brief: word" => "brief: a word", "attributes.word", [Wording], [Wording];
    note: ", note: Mostly." => "", "attributes.fine", [Wording], [Wording];
    examples: "examples: [3]" => "examples: [4]", "attributes.runs", [Wording], [Wording];
    since: "brief: word" => "brief: word, since: 1.2.0", "attributes.word", [Wording], [Wording];
    deprecation: "brief: word" => "brief: word, deprecated: {reason: obsoleted, note: useless}", "attributes.word", [Wording], [Wording];
    stability: "brief: word" => "brief: word, stability: beta", "attributes.word", [Wording], [Wording];
    signal_brief: "brief: it failed" => "brief: it broke", "events.failed", [Wording], [Wording];
    waived: "brief: code" => "brief: code, allow: {E0219: it is ours}", "attributes.code", [Wording], [Wording];
    waived_for_all: "name: demo\n" => "name: demo\nallow: {E0219: it is ours}\n", "allow", [Wording], [Wording];
    signal_row: "brief: it failed" => "brief: it failed, row: usage", "events.failed", [Wording], [Wording];
    object_brief: "brief: a step" => "brief: one step", "objects.step", [Wording], [Wording];
    attributes_reordered: "{runs: required, ratio: optional," => "{ratio: optional, runs: required,", "spans.started", [Wording], [Wording];
    fields_reordered: "{size: size, role: role," => "{role: role, size: size,", "objects.step", [Wording], [Wording];
}

/// The line of `BASE` that starts so.
fn line(start: &str) -> &'static str {
    BASE.split_inclusive('\n').find(|line| line.trim_start().starts_with(start)).expect("a line")
}

#[test]
fn opt_in_to_default() {
    let edits = [
        ("  goal: {row: details, collected: opt_in", "  goal: {row: usage, collected: default"),
        ("goal: goal}}", "goal: {attribute: goal, requirement: optional}}}"),
        (", derived_from: [goal]", ""),
    ];
    check(
        &edits,
        &[("attributes.goal", &[Widens]), ("attributes.goal", &[Wording]), ("attributes.plan", &[Narrows])],
        &[("attributes.goal", &[Narrows]), ("attributes.goal", &[Wording]), ("attributes.plan", &[AddsOptIn])],
    );
}

#[test]
fn opt_in_span_to_default() {
    check(
        &[
            ("name: Planned\n    collected: opt_in", "name: Planned\n    collected: default"),
            ("plan: required,", "plan: optional,"),
        ],
        &[("spans.planned", &[Widens]), ("spans.planned.attributes.plan", &[Breaks, AddsOptIn])],
        &[("spans.planned", &[Narrows]), ("spans.planned.attributes.plan", &[Breaks])],
    );
}

#[test]
fn a_new_default_attribute() {
    let new = "  fresh: {row: usage, collected: default, type: boolean, brief: whether it is fresh}\n  size:";
    check(
        &[("  size:", new), ("{mode: required}}", "{mode: required, fresh: required}}")],
        &[("attributes.fresh", &[Widens])],
        &[("attributes.fresh", &[Widens, Breaks])],
    );
}

#[test]
fn a_new_common_attribute() {
    let new = "  fresh: {row: usage, collected: default, type: boolean, brief: whether it is fresh}\n  size:";
    check(
        &[("  size:", new), ("common: [release]", "common: [release, fresh]")],
        &[("attributes.fresh", &[Widens])],
        &[("attributes.fresh", &[Breaks])],
    );
}

#[test]
fn a_new_opt_in_attribute_in_a_row_of_its_own() {
    let row = "  details: {title: Details, personal: none}\n  more: {title: More, personal: none}\n";
    let new = "  fresh: {row: more, collected: opt_in, type: boolean, brief: whether it is fresh}\n  size:";
    check(
        &[
            ("  details: {title: Details, personal: none}\n", row),
            ("  size:", new),
            ("{mode: required}}", "{mode: required, fresh: optional}}"),
        ],
        &[("rows.more", &[AddsOptIn]), ("attributes.fresh", &[AddsOptIn])],
        &[("rows.more", &[Breaks]), ("attributes.fresh", &[Breaks])],
    );
}

#[test]
fn a_row_split_in_two_discloses_the_same() {
    let row = "  details: {title: Details, personal: none}\n  more: {title: More, personal: none}\n";
    check(
        &[("  details: {title: Details, personal: none}\n", row), ("  runs: {row: usage", "  runs: {row: more")],
        &[("rows.more", &[Wording]), ("attributes.runs", &[Wording])],
        &[("rows.more", &[Wording]), ("attributes.runs", &[Wording])],
    );
}

#[test]
fn a_renamed_attribute_was_removed_and_added() {
    check(
        &[("  fine: {", "  good: {"), ("fine: optional", "good: optional")],
        &[("attributes.good", &[Widens]), ("attributes.fine", &[Breaks])],
        &[("attributes.fine", &[Widens]), ("attributes.good", &[Breaks])],
    );
}

#[test]
fn a_required_attribute_that_is_gone_breaks_and_widens() {
    check(
        &[
            (line("runs:"), ""),
            ("{runs: required, ratio", "{ratio"),
            ("{plan: required, runs: optional}", "{plan: required}"),
        ],
        &[("attributes.runs", &[Widens, Breaks])],
        &[("attributes.runs", &[Widens])],
    );
}

/// One line for what is gone, one for each signal or field that may lack what it had to hold.
#[test]
fn what_had_to_be_there() {
    let to_details = |key: &str| {
        (format!("{key}: {{row: usage, collected: default"), format!("{key}: {{row: details, collected: opt_in"))
    };
    let (mode, role) = (to_details("mode"), to_details("role"));
    check(
        &[
            (&mode.0, &mode.1),
            ("mode: required, word", "mode: optional, word"),
            ("{mode: required}}", "{mode: optional}}"),
        ],
        &[
            ("attributes.mode", &[Narrows]),
            ("attributes.mode", &[Wording]),
            ("spans.started.attributes.mode", &[Widens, Breaks]),
            ("events.failed.attributes.mode", &[Widens, Breaks]),
        ],
        &[
            ("attributes.mode", &[Widens]),
            ("attributes.mode", &[Wording]),
            ("spans.started.attributes.mode", &[Breaks]),
            ("events.failed.attributes.mode", &[Breaks]),
        ],
    );
    check(
        &[(&role.0, &role.1)],
        &[
            ("attributes.role", &[Narrows]),
            ("attributes.role", &[Wording]),
            ("objects.step.fields.role", &[Widens, Breaks]),
        ],
        &[("attributes.role", &[Widens]), ("attributes.role", &[Wording])],
    );
    check(
        &[("size: size, role: role", "size: size, role: goal")],
        &[("objects.step.fields.role", &[Widens, Breaks, AddsOptIn])],
        &[("objects.step.fields.role", &[Widens, Breaks])],
    );
    check(
        &[("{runs: required, ", "{")],
        &[("spans.started.attributes.runs", &[Widens, Breaks])],
        &[("spans.started.attributes.runs", &[Widens])],
    );
    check(
        &[("  size: {", "  amount: {name: size, "), ("size: size", "size: amount")],
        &[
            ("attributes.amount", &[Widens]),
            ("attributes.size", &[Breaks]),
            ("objects.step.fields.size", &[Widens, Breaks]),
        ],
        &[
            ("attributes.size", &[Widens]),
            ("attributes.amount", &[Breaks]),
            ("objects.step.fields.size", &[Widens, Breaks]),
        ],
    );
    check(
        &[
            ("  runs: {", "  rounds: {name: runs, "),
            ("{runs: required", "{rounds: required"),
            ("runs: optional}", "rounds: optional}"),
        ],
        &[("attributes.rounds", &[Widens]), ("attributes.runs", &[Breaks])],
        &[("attributes.runs", &[Widens]), ("attributes.rounds", &[Breaks])],
    );
}

#[test]
fn new_signals() {
    let spans = "spans:\n  ended: {name: Ended, collected: default, brief: it ended, row: usage}\n";
    check(&[("spans:\n", spans)], &[("spans.ended", &[Widens])], &[("spans.ended", &[Breaks])]);
    let events = "events:\n  shared: {name: demo.shared, collected: opt_in, brief: it was shared, row: details}\n";
    check(&[("events:\n", events)], &[("events.shared", &[AddsOptIn])], &[("events.shared", &[Breaks])]);
}

#[test]
fn another_object() {
    check(
        &[("  step: {brief", "  stage: {brief"), ("type: [step]", "type: [stage]")],
        &[("attributes.steps", &[Widens, Breaks])],
        &[("attributes.steps", &[Widens, Breaks])],
    );
}

#[test]
fn several_bounds_are_several_changes() {
    check(
        &[("minimum: 1, maximum: 10,", "minimum: 2, maximum: 20,")],
        &[("attributes.runs", &[Narrows]), ("attributes.runs", &[Widens])],
        &[("attributes.runs", &[Widens]), ("attributes.runs", &[Narrows])],
    );
}

#[test]
fn rows_and_attributes_in_another_order() {
    let (usage, details) = (line("usage:"), line("details:"));
    let rows = format!("{details}{usage}");
    check(&[(&format!("{usage}{details}"), &rows)], &[("rows", &[Wording])], &[("rows", &[Wording])]);
    let (runs, ratio) = (line("runs:"), line("ratio:"));
    let attributes = format!("{ratio}{runs}");
    let order: &[(&str, &[Class])] = &[("attributes", &[Wording])];
    check(&[(&format!("{runs}{ratio}"), &attributes)], order, order);
}

#[test]
fn suggested_versions() {
    let suggest = |from: &str, to: &str| diff(&catalogue(BASE), &edited(&[(from, to)])).suggested_version();
    assert_eq!(suggest("maximum: 10,", "maximum: 11,"), "2.0.0");
    assert_eq!(suggest("encoding: json, ", ""), "2.0.0");
    assert_eq!(suggest("maximum: 10,", "maximum: 9,"), "1.3.0");
    assert_eq!(suggest("[a, b]", "[a, b, c]"), "1.3.0");
    assert_eq!(suggest("Hello.", "Hello you."), "1.2.4");
    assert_eq!(suggest("version: 1.2.3", "version: 3.0.0"), "1.2.3");
}

/// However many had to carry it, the line stays short.
#[test]
fn what_is_gone_says_who_comes_without_it() {
    let events = |carried: &str| -> String {
        let event = |at| {
            format!(
                "  e{at}: {{name: demo.e{at}, collected: default, brief: it was, row: usage, attributes: {{{carried}}}}}\n"
            )
        };
        (0..4).map(event).collect::<String>()
    };
    let sentence = |events: [&str; 2]| {
        let [before, after] = events.map(|events| format!("events:\n{events}"));
        let old = edited(&[("events:\n", &before)]);
        let gone = [(line("word:"), ""), ("word: optional, ", ""), ("events:\n", &after)];
        let changes = diff(&old, &edited(&gone)).changes;
        changes.into_iter().find(|change| change.subject == "attributes.word").expect("a change").sentence
    };
    assert_eq!(sentence(["", ""]), "`word` is no longer collected");
    assert_eq!(sentence([&events("word: optional"), &events("")]), "`word` is no longer collected");
    assert_eq!(
        sentence([&events("word: required"), &events("")]),
        "`word` is no longer collected; event `e0`, event `e1`, event `e2` and 1 more had to carry it and come without it"
    );
}

#[test]
fn sentences() {
    let sentence = |from: &str, to: &str| {
        let sentences = |changes: Vec<Change>| changes.into_iter().map(|change| change.sentence).collect::<Vec<_>>();
        let (old, new) = (catalogue(BASE), edited(&[(from, to)]));
        [sentences(diff(&old, &new).changes), sentences(diff(&new, &old).changes)].concat()
    };
    let [bound, none] =
        ["the maximum of `runs` was 10, and there is none now", "the maximum of `runs` is 10, and there was none"];
    assert_eq!(sentence("maximum: 10, ", ""), [bound, none]);
    let items = "the largest number of items of `tags` was";
    let expected = [format!("{items} 4 and is 5"), format!("{items} 5 and is 4")];
    assert_eq!(sentence("max_items: 4, brief: tags", "max_items: 5, brief: tags"), expected);
    let expected = [
        "reports went to `https://reports.example`, and now no destination is named",
        "reports go to `https://reports.example`, and before no destination was named",
    ];
    assert_eq!(sentence("endpoint: https://reports.example\n", ""), expected);
    let expected = ["row `usage` was called `Usage` and is `Use`", "row `usage` was called `Use` and is `Usage`"];
    assert_eq!(sentence("title: Usage", "title: Use"), expected);
    let expected = [
        "span `started` may come without `runs`, which it had to carry",
        "span `started` has to carry `runs`, which could be missing",
    ];
    assert_eq!(sentence("{runs: required", "{runs: optional"), expected);
    let expected = [
        "`id` was a hash of content and is a random identifier",
        "`id` was a random identifier and is a hash of content",
    ];
    assert_eq!(sentence("identifier: content_hash", "identifier: random"), expected);
    let expected = ["`word` is computed from `mode`, too", "`word` is no longer computed from `mode`"];
    assert_eq!(sentence("brief: word", "brief: word, derived_from: [mode]"), expected);
    let expected = ["E0219 is allowed for `code`: it is ours", "E0219 is no longer allowed for `code`"];
    assert_eq!(sentence("brief: code", "brief: code, allow: {E0219: it is ours}"), expected);
}

#[test]
fn sentences_and_places() {
    let changes = diff(&catalogue(BASE), &edited(&[("maximum: 10,", "maximum: 11,")])).changes;
    assert_eq!(changes[0].sentence, "the maximum of `runs` was 10 and is 11");
    let line_of =
        |text: &str| BASE.lines().position(|line| line.trim_start().starts_with(text)).expect("a line") as u32 + 1;
    assert_eq!(changes[0].place.line, line_of("runs:"));
}
