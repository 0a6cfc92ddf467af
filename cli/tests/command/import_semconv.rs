//! `import semconv`: both versions of the language, and what has no place.

use std::path::PathBuf;

use candor_schema::{SignalKind, load};

use crate::import::answered;
use crate::*;

const FIRST: &str = "\
groups:
  - id: registry.app
    type: attribute_group
    display_name: App
    brief: About the app. And more.
    attributes:
      - id: app.mode
        type:
          members:
            - {id: light, value: \"LIGHT\", brief: less, stability: stable}
            - {id: dark, value: \"DARK\"}
        brief: How it runs. In detail.
        examples: [\"LIGHT\", \"other\"]
        stability: experimental
      - id: app.tags
        type: string[]
        brief: Tags
        examples: [[a, b], [c]]
      - {id: app.headers, type: 'template[string]', brief: Headers}
      - {id: app.level, type: {members: [{id: low, value: 1}, {id: high, value: 3}]}, brief: Level}
      - id: app.old
        type: int
        brief: Old
        deprecated: {reason: renamed, renamed_to: app.mode}
      - id: app.older
        type: int
        brief: Older
        deprecated: {reason: renamed, renamed_to: elsewhere}
  - id: attributes.app
    type: attribute_group
    brief: Together
    attributes:
      - {ref: app.mode, requirement_level: required}
      - {ref: app.unknown}
  - id: event.app.opened
    type: event
    name: app.opened
    brief: It was opened.
    extends: attributes.app
    attributes:
      - ref: app.tags
        requirement_level: {conditionally_required: If there are any.}
        note: Only here.
  - id: span.app.work
    type: span
    span_kind: internal
    brief: It works.
    extends: attributes.app
    attributes: [{ref: app.mode, requirement_level: recommended}]
  - {id: metric.app.time, type: metric, metric_name: app.time, instrument: histogram, unit: s, brief: Time}
";

const SECOND: &str = "\
file_format: definition/2
attributes:
  - {key: session.id, type: string, stability: stable, brief: The session.}
attribute_groups:
  - id: session
    visibility: internal
    brief: The session
    attributes: [{ref: session.id, requirement_level: required}]
events:
  - name: session.start
    stability: development
    brief: It starts.
    attributes: [{ref_group: session}, {ref: app.old}]
spans:
  - type: session.work
    kind: client
    name: {note: '{session.id}'}
    brief: Work
    attributes: [{ref: session.id}]
entities: [{type: session, brief: it, identity: [{ref: session.id}]}]
imports: {events: ['*']}
";

fn folder() -> tempfile::TempDir {
    let folder = empty();
    fs::create_dir_all(folder.path().join("model/deep")).expect("folders");
    fs::write(folder.path().join("model/app.yaml"), FIRST).expect("written");
    fs::write(folder.path().join("model/deep/session.yml"), SECOND).expect("written");
    fs::write(folder.path().join("model/notes.txt"), "nothing").expect("written");
    folder
}

#[test]
fn attributes_events_and_spans() {
    let folder = folder();
    let run = run(folder.path(), "import semconv model");
    assert_eq!(run.code, 0, "{}", run.stderr);
    fs::write(folder.path().join("catalogue.yaml"), answered(&run.stdout)).expect("written");
    check(folder.path(), "check catalogue.yaml", 0, &["fine"]);
    let catalogue = load(&folder.path().join("catalogue.yaml")).catalogue.expect("a catalogue");
    let signal = |name: &str| {
        let signal = catalogue.signals().iter().find(|signal| signal.name == name).expect("a signal");
        let carried = |position: usize| {
            let carried = &signal.attributes[position];
            let attribute = catalogue.attribute(carried.attribute);
            (attribute.name.to_string(), signal.info.attributes[position].required)
        };
        (signal.kind, (0..signal.attributes.len()).map(carried).collect::<Vec<_>>())
    };
    let named = |name: &str, required: bool| (name.to_owned(), required);
    assert_eq!(signal("app.opened"), (SignalKind::Event, vec![named("app.mode", true), named("app.tags", false)]));
    assert_eq!(signal("app.work"), (SignalKind::Span, vec![named("app.mode", false)]));
    assert_eq!(signal("session.start"), (SignalKind::Event, vec![named("session.id", true), named("app.old", false)]));
    for expected in [
        "  app_mode:\n    row: app\n",
        "    type: {enum: [\"LIGHT\", \"DARK\"]}\n    brief: \"How it runs\"\n    note: \"In detail.\\n`LIGHT`: less\"\n",
        "    examples: [\"LIGHT\"]\n    stability: development\n",
        "    type: [string]\n    max_items: 100\n    max_length: 256\n    brief: \"Tags\"\n    examples: [[\"a\",\"b\"], [\"c\"]]\n",
        "      reason: renamed\n      renamed_to: \"app_mode\"\n",
        "      reason: uncategorized\n      note: \"Renamed to `elsewhere`, which is not here.\"\n",
        "    # name: is this its name on the wire?\n    name: \"app.work\"\n",
        "  app:\n    title: \"App\"\n    reason: \"About the app. And more.\"\n",
    ] {
        assert!(run.stdout.contains(expected), "{expected}\n{}", run.stdout);
    }
}

#[test]
fn what_has_no_place_is_listed() {
    let expected = [
        "model/app.yaml:13:29: an example of `app.mode` that is not of its type",
        "model/app.yaml:19:9: attribute `app.headers`: `template[string]`",
        "model/app.yaml:34:9: `app.unknown`, which is carried here and drafted nowhere",
        "model/app.yaml:41:9: `app.tags` is conditionally_required here: If there are any.",
        "model/app.yaml:43:9: `note` of `app.tags` where it is carried",
        "model/app.yaml:46:5: `span_kind` of span `app.work`",
        "model/app.yaml:50:5: metric `app.time` (histogram in `s`)",
        "model/deep/session.yml:17:5: `name` of span `session.work`",
        "model/deep/session.yml:20:12: entity `session`",
        "model/deep/session.yml:21:1: `imports` of the file",
    ];
    check(folder().path(), "import semconv model", 0, &expected);
}

#[test]
fn mistakes_have_their_places() {
    let folder = empty();
    fs::create_dir(folder.path().join("model")).expect("a folder");
    check(folder.path(), "import semconv model", 1, &["model:1:1: there are no semantic conventions here"]);
    check(folder.path(), "import semconv nowhere", 1, &["nowhere:1:1: "]);
    fs::write(folder.path().join("model/a.yaml"), "groups:\n  - {id: a, id: b}\n").expect("written");
    fs::write(folder.path().join("model/b.yaml"), "groups:\n  - {type: event}\n  - {id: x, attributes: [{id: y}]}\n")
        .expect("written");
    fs::write(folder.path().join("model/c.yaml"), "[1, 2]").expect("written");
    let circle = "groups: [{id: p, type: span, extends: q, brief: b}, {id: q, type: span, extends: p, brief: b}]";
    fs::write(folder.path().join("model/d.yaml"), circle).expect("written");
    let expected = [
        "model/a.yaml:2:13: not YAML: the key `id` is there twice",
        "model/b.yaml:2:5: `id` is missing here",
        "model/b.yaml:3:26: attribute `y` has no type",
        "model/c.yaml:1:1: a mapping with `groups`",
        "model/d.yaml:1:10: `p` takes itself over",
    ];
    check(folder.path(), "import semconv model", 1, &expected);
}

/// The conventions themselves, where `CANDOR_REAL` names a folder with them.
#[test]
fn real_conventions() {
    let Some(model) = real("semconv") else { return };
    let folder = empty();
    let run = run(folder.path(), &format!("import semconv {}", model.display()));
    assert_eq!(run.code, 0, "{}", run.stderr);
    fs::write(folder.path().join("catalogue.yaml"), answered(&run.stdout)).expect("written");
    check(folder.path(), "check catalogue.yaml", 0, &["fine"]);
}

/// A folder of real inputs, where the environment names one.
pub fn real(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("CANDOR_REAL").map(|real| PathBuf::from(real).join(name));
    if found.as_ref().is_none_or(|found| !found.exists()) {
        // Past the harness, which keeps what passing tests print to itself.
        let _ = writeln!(std::io::stderr(), "SKIPPED: CANDOR_REAL names no folder with `{name}`");
        return None;
    }
    found
}
