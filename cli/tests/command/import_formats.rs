//! `import glean` and `import json-schema`.

use candor_schema::load;

use crate::import::answered;
use crate::import_semconv::real;
use crate::*;

const METRICS: &str = "\
$schema: moz://mozilla.org/schemas/glean/metrics/2-0-0
app.usage:
  runs: &defaults
    type: counter
    description: How often it ran. In all.
    data_sensitivity: [technical]
    expires: never
    send_in_pings: [usage]
  took:
    <<: *defaults
    type: timespan
    time_unit: millisecond
    disabled: true
  sizes:
    <<: *defaults
    type: memory_distribution
    memory_unit: kilobyte
  things:
    <<: *defaults
    type: object
    structure: {type: array, items: {type: object, properties: {kind: {type: string}, size: {type: number}}}}
  clicked:
    type: event
    description: A click.
    extra_keys:
      where: {type: string, description: The place.}
      count: {type: quantity, description: How many.}
";

const PINGS: &str = "\
$schema: moz://mozilla.org/schemas/glean/pings/2-0-0
usage:
  description: Sent once a day.
  include_client_id: true
  reasons: {daily: Once a day., start: At the start.}
  metadata: {include_info_sections: false}
";

/// The signals of a draft with the names that they carry.
#[track_caller]
fn signals(folder: &Path, draft: &str) -> Vec<(String, Vec<String>)> {
    fs::write(folder.join("catalogue.yaml"), answered(draft)).expect("written");
    check(folder, "check catalogue.yaml", 0, &["fine"]);
    let catalogue = load(&folder.join("catalogue.yaml")).catalogue.expect("a catalogue");
    let names = |signal: &candor_schema::Signal| {
        let carried = signal.attributes.iter().map(|carried| catalogue.attribute(carried.attribute).name.to_string());
        (signal.name.to_string(), carried.collect())
    };
    catalogue.signals().iter().map(names).collect()
}

#[test]
fn glean_metrics_and_pings() {
    for order in ["metrics.yaml pings.yaml", "pings.yaml metrics.yaml"] {
        let folder = empty();
        fs::write(folder.path().join("metrics.yaml"), METRICS).expect("written");
        fs::write(folder.path().join("pings.yaml"), PINGS).expect("written");
        let run = run(folder.path(), &format!("import glean {order}"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        let mut found = signals(folder.path(), &run.stdout);
        found.iter_mut().for_each(|(_, names)| names.sort());
        let usage = ["app.usage.runs", "app.usage.things", "app.usage.took", "client_info.client_id", "reason"];
        let expected = [("app.usage.clicked", vec!["count", "where"]), ("usage", usage.to_vec())];
        let expected = expected.map(|(name, names)| (name.to_owned(), names.into_iter().map(str::to_owned).collect()));
        assert_eq!(found, expected.to_vec());
        for expected in [
            "    type: int\n    minimum: 0\n    unit: \"ms\"\n",
            "    brief: \"How often it ran\"\n    note: \"In all.\\ndata_sensitivity: technical\\nexpires: never\"\n",
            "    type: {enum: [\"daily\", \"start\"]}\n",
            "    type: [app_usage_things]\n",
        ] {
            assert!(run.stdout.contains(expected), "{expected}\n{}", run.stdout);
        }
        for expected in [
            "metrics.yaml:13:5: `disabled` of metric `app.usage.took`",
            "metrics.yaml:14:3: metric `app.usage.sizes`: `memory_distribution`",
            "pings.yaml:6:3: `metadata` of ping `usage`",
        ] {
            assert!(run.stderr.contains(expected), "{expected}\n{}", run.stderr);
        }
    }
}

#[test]
fn mistakes_of_glean() {
    let folder = empty();
    fs::write(folder.path().join("metrics.yaml"), "a.b:\n  c: {description: x}\nd:\n").expect("written");
    let expected = ["metrics.yaml:2:3: metric `a.b.c` has no type", "`d` has no metrics", "nowhere.yaml:1:1: "];
    check(folder.path(), "import glean metrics.yaml nowhere.yaml", 1, &expected);
}

const SCHEMA: &str = r##"{
  "title": "Started", "description": "Sent at the start. Once.", "type": "object",
  "required": ["version"],
  "properties": {
	"event": {"const": "app_started"},
    "version": {"type": "string", "maxLength": 20, "description": "Version of the app.", "examples": ["1.2.3", 5]},
    "os": {"enum": ["linux", "mac", null]},
    "id": {"type": "string", "format": "uuid"},
    "when": {"type": "string", "format": "date-time"},
    "count": {"type": "integer", "minimum": 0, "exclusiveMaximum": 10, "multipleOf": 2},
    "code": {"type": "string", "pattern": "^[a-z]{2}$"},
    "loose": {"type": "string", "pattern": "a(?=b)"},
    "plugins": {"type": "array", "maxItems": 5, "items": {"$ref": "#/$defs/plugin"}},
    "any": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    "self": {"$ref": "#/$defs/node"},
    "far": {"$ref": "other.json"},
    "lists": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}
  },
  "$defs": {
    "plugin": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "on": {"type": "boolean"}}},
    "node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
  }
}"##;

#[test]
fn a_json_schema() {
    let folder = empty();
    fs::write(folder.path().join("event.schema.json"), SCHEMA).expect("written");
    let run = run(folder.path(), "import json-schema event.schema.json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let names = ["version", "os", "id", "when", "count", "code", "loose", "plugins"].map(str::to_owned).to_vec();
    assert_eq!(signals(folder.path(), &run.stdout), [("app_started".to_owned(), names)]);
    for expected in [
        "    max_length: 20\n    brief: \"Version of the app\"\n    examples: [\"1.2.3\"]\n",
        "    type: {enum: [\"linux\", \"mac\"]}\n    nullable: true\n",
        "    type: timestamp\n",
        "    minimum: 0\n    maximum: 9\n",
        "    pattern: \"^[a-z]{2}$\"\n",
        "    type: [plugins]\n    max_items: 5\n",
        "      \"name\": plugins_name\n      \"on\": {attribute: plugins_on, requirement: optional}\n",
        "      version: required\n      os: optional\n",
    ] {
        assert!(run.stdout.contains(expected), "{expected}\n{}", run.stdout);
    }
    for expected in [
        "event.schema.json:6:112: an example of `version`",
        "`multipleOf`",
        "the pattern of `loose`",
        "event.schema.json:14:5: `any`: it is one of several types",
        "event.schema.json:16:5: `far`: `other.json` is in another file",
        "event.schema.json:17:5: `lists`: a list of lists",
        "`next`: it is nested too deeply, or in itself",
    ] {
        assert!(run.stderr.contains(expected), "{expected}\n{}", run.stderr);
    }
}

/// Maps, values whose parts nobody lists, members of any type, null, and who answers for what.
const MORE_METRICS: &str = "\
$schema: moz://mozilla.org/schemas/glean/metrics/2-0-0
search:
  counts:
    type: labeled_counter
    description: Searches by engine.
    labels: [first, second]
    notification_emails: [search@example.com]
    bugs: [https://bugs.example.com/7, 12]
    data_reviews: [https://bugs.example.com/8, https://bugs.example.com/7]
    expires: 2031-05-01
    send_in_pings: [usage]
  words:
    type: labeled_string
    description: Words by place.
    expires: never
    send_in_pings: [usage]
  pairs:
    type: dual_labeled_counter
    description: Searches by two labels.
    expires: 2031-02-30
    send_in_pings: [usage]
";

const MORE_PROPERTIES: &str = r##"{
  "title": "Sent", "type": "object", "required": ["settings"],
  "properties": {
    "status": {"enum": [200, 404, 0.5, true, "none", null]},
    "sizes": {"type": "object", "maxProperties": 3, "additionalProperties": {"type": "integer", "minimum": 0}},
    "by_part": {"type": "object", "propertyNames": {"enum": ["cpu", "disk"]}, "additionalProperties": {"$ref": "#/$defs/part"}},
    "settings": {"type": "object"},
    "maps": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}}},
    "codes": {"type": "object", "propertyNames": {"enum": [1, 2]}, "additionalProperties": {"type": "boolean"}},
    "nothing": {"type": "object", "additionalProperties": false}
  },
  "$defs": {"part": {"type": "object", "properties": {"name": {"type": ["string", "null"], "maxLength": 9}}}}
}"##;

#[test]
fn maps_and_owners_of_glean() {
    let folder = empty();
    fs::write(folder.path().join("metrics.yaml"), MORE_METRICS).expect("written");
    let run = run(folder.path(), "import glean metrics.yaml");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let names = ["search.counts", "search.words"].map(str::to_owned).to_vec();
    assert_eq!(signals(folder.path(), &run.stdout), [("usage".to_owned(), names)]);
    for expected in [
        "    type: {map: int, keys: {enum: [\"first\", \"second\", \"__other__\"]}}\n    max_items: 3\n    minimum: 0\n",
        "    note: \"bugs: 12\"\n    owner: \"search@example.com\"\n    expires: \"2031-05-01\"\n    links: [\"https://bugs.example.com/8\", \"https://bugs.example.com/7\"]\n",
        "    type: {map: string, keys: {max_length: 111}}\n    max_items: 17\n    max_length: 256\n",
        "    note: \"expires: never\"\n",
    ] {
        assert!(run.stdout.contains(expected), "{expected}\n{}", run.stdout);
    }
    assert!(run.stderr.contains("metrics.yaml:17:3: metric `search.pairs`: `dual_labeled_counter`"), "{}", run.stderr);
}

#[test]
fn maps_and_values_of_any_kind_of_a_json_schema() {
    let folder = empty();
    fs::write(folder.path().join("sent.json"), MORE_PROPERTIES).expect("written");
    let run = run(folder.path(), "import json-schema sent.json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let names = ["status", "sizes", "by_part", "settings"].map(str::to_owned).to_vec();
    assert_eq!(signals(folder.path(), &run.stdout), [("Sent".to_owned(), names)]);
    for expected in [
        "    type: {enum: [200, 404, 0.5, true, \"none\"]}\n    nullable: true\n",
        "    type: {map: int, keys: {max_length: 256}}\n    max_items: 3\n    minimum: 0\n",
        "    type: {map: by_part, keys: {enum: [\"cpu\", \"disk\"]}}\n    max_items: 100\n",
        "    type: json\n    # type: which fields does it have, if they can be listed under `objects`?\n    max_depth: 8\n",
        "    max_length: 9\n    nullable: true\n",
        "      settings: required\n",
    ] {
        assert!(run.stdout.contains(expected), "{expected}\n{}", run.stdout);
    }
    for expected in [
        "`maps`: a map of lists, of maps or of anything",
        "`codes`: a map whose keys are no texts",
        "`nothing`: an object without members",
    ] {
        assert!(run.stderr.contains(expected), "{expected}\n{}", run.stderr);
    }
}

#[test]
fn several_events_and_mistakes_of_a_json_schema() {
    let folder = empty();
    let event = |name: &str| {
        format!("{{\"properties\": {{\"name\": {{\"const\": \"{name}\"}}, \"x\": {{\"type\": \"boolean\"}}}}}}")
    };
    let schema = format!("{{\"oneOf\": [{}, {}]}}", event("a"), event("b"));
    fs::write(folder.path().join("s.json"), schema).expect("written");
    let run = run(folder.path(), "import json-schema s.json");
    let names: Vec<_> = signals(folder.path(), &run.stdout).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b"]);
    fs::write(folder.path().join("bad.json"), "{\"properties\": {},}").expect("written");
    check(folder.path(), "import json-schema bad.json", 1, &["bad.json:1:19: not JSON: "]);
    fs::write(folder.path().join("bad.json"), "{\"$ref\": \"#/$defs/x\", \"$defs\": {\"x\": {\"$ref\": \"#\"}}}")
        .expect("written");
    check(folder.path(), "import json-schema bad.json", 1, &["bad.json:1:1: references lead in a circle"]);
    fs::write(folder.path().join("bad.json"), "{}").expect("written");
    check(folder.path(), "import json-schema bad.json", 1, &["bad.json:1:1: an object with `properties`"]);
}

/// Glean's own files, where `CANDOR_REAL` names a folder with them.
#[test]
fn real_metrics_and_pings() {
    let Some(glean) = real("glean") else { return };
    let folder = empty();
    let mut files: Vec<_> = fs::read_dir(glean).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    let run = run(folder.path(), &format!("import glean {}", files.join(" ")));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(signals(folder.path(), &run.stdout).len() >= 4);
}
