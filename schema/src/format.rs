//! The format's own JSON Schema, from the model's types, for editors.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};

use serde_json::Value;

use crate::model::*;
use crate::page::{Column, ColumnModel};

/// JSON Schema (draft 2020-12) of the catalogue format, for a `# yaml-language-server: $schema=` line.
pub fn format_schema() -> serde_json::Value {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Model>();
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    remove_null(&mut value);
    value["title"] = "Candor telemetry catalogue".into();
    let own = "Mappings of the writer's own, for merge keys (`<<: *base`) to name.";
    value["patternProperties"] = serde_json::json!({ "^x-": { "description": own } });
    value
}

/// The pattern of a length of time.
const PERIOD_PATTERN: &str = "^[1-9][0-9]*[smhdw]$";

/// A key that may be missing still takes no null, which the reader refuses.
fn remove_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => {
            items.retain(|item| item != "null" && *item != serde_json::json!({ "type": "null" }));
            items.iter_mut().for_each(remove_null);
        }
        Value::Object(keys) => {
            keys.values_mut().for_each(remove_null);
            if let Some(Value::Array(types)) = keys.get("type")
                && let [only] = types.as_slice()
            {
                keys["type"] = only.clone();
            }
            if let Some(Value::Array(choices)) = keys.get("anyOf")
                && let [Value::Object(only)] = choices.as_slice()
            {
                let only = only.clone();
                keys.remove("anyOf");
                keys.extend(only);
            }
        }
        _ => {}
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Entries_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let entry = generator.subschema_for::<T>();
        json_schema!({ "type": "object", "additionalProperties": entry })
    }
}

impl JsonSchema for TypeModel {
    fn schema_name() -> Cow<'static, str> {
        "Type".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<TypeModel>();
        let members = json_schema!({ "type": "array", "items": member(), "minItems": 1, "uniqueItems": true });
        let mut other = member();
        other.insert("description".to_owned(), "The member that every value becomes that is not listed.".into());
        json_schema!({
            "description": "`string`, `boolean`, `int`, `double`, `timestamp`, `json`, `{enum: [...]}`, an object's name, `[T]` for a list, or `{map: T, keys: {...}}`.",
            "anyOf": [
                { "enum": ["string", "boolean", "int", "double", "timestamp", "json"] },
                { "type": "string", "description": "The name of an object." },
                {
                    "type": "object",
                    "description": "A domain of listed values; with `other` one that has a value for what is not listed.",
                    "properties": { "enum": members, "other": other },
                    "required": ["enum"],
                    "additionalProperties": false,
                },
                {
                    "type": "object",
                    "description": "A map whose keys are data, too.",
                    "properties": { "map": item, "keys": keys(generator) },
                    "required": ["map", "keys"],
                    "additionalProperties": false,
                },
                { "type": "array", "description": "A list.", "items": item, "minItems": 1, "maxItems": 1 },
            ],
        })
    }
}

/// The keys of a map.
fn keys(generator: &mut SchemaGenerator) -> Schema {
    let personal = generator.subschema_for::<Personal>();
    json_schema!({
        "description": "What the keys may be: listed, or bounded by a pattern or a length.",
        "type": "object",
        "properties": {
            "enum": { "type": "array", "items": { "type": "string" }, "minItems": 1, "uniqueItems": true },
            "pattern": { "type": "string", "description": "Regular expression the whole key matches." },
            "max_length": { "type": "integer", "minimum": 0, "description": "Longest key, in characters." },
            "personal": personal,
        },
        "additionalProperties": false,
        "minProperties": 1,
    })
}

/// A member of an enum.
fn member() -> Schema {
    let value = json_schema!({ "type": ["string", "number", "boolean"] });
    json_schema!({
        "description": "A text, a number or a boolean; or a mapping that also has a name for code.",
        "anyOf": [
            value,
            {
                "type": "object",
                "properties": {
                    "value": { "type": ["string", "number", "boolean"], "description": "The value on the wire." },
                    "name": { "type": "string", "description": "The name for code.", "pattern": "^[a-z][a-z0-9_]*$" },
                },
                "required": ["value"],
                "additionalProperties": false,
            },
        ],
    })
}

impl JsonSchema for Collected {
    fn schema_name() -> Cow<'static, str> {
        "Collected".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The channel that something is collected through.",
            "anyOf": [
                { "const": "default", "description": "Always, until the user opts out." },
                { "const": "opt_in", "description": "Only after the user opted in." },
                { "type": "string", "description": "A channel of `consent.channels`.", "pattern": "^[a-z][a-z0-9_]*$" },
            ],
        })
    }
}

impl JsonSchema for TemplateModel {
    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let part = generator.subschema_for::<TemplateModel>();
        json_schema!({
            "description": "JSON in which a text that starts with `$` is a placeholder; `$$` stands for `$`. The member `\"...\": $attributes` puts the attributes beside the other members.",
            "items": part,
            "additionalProperties": part,
        })
    }
}

impl JsonSchema for FieldModel {
    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let requirement = generator.subschema_for::<Requirement>();
        json_schema!({
            "description": "An attribute's name, or a mapping that also says whether the field may be missing or null.",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": { "attribute": { "type": "string" }, "requirement": requirement },
                    "required": ["attribute"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}

impl JsonSchema for ColumnModel {
    fn schema_name() -> Cow<'static, str> {
        "ColumnOfThePage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let column = generator.subschema_for::<Column>();
        json_schema!({
            "description": "A column's word, or a mapping that also has its heading.",
            "anyOf": [
                column,
                {
                    "type": "object",
                    "properties": { "column": column, "title": { "type": "string", "description": "Heading." } },
                    "required": ["column"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}

impl JsonSchema for IdentifierModel {
    fn schema_name() -> Cow<'static, str> {
        "Identifier".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<IdentifierWord>();
        let source = generator.subschema_for::<IdentifierSource>();
        let scope = generator.subschema_for::<IdentifierScope>();
        let described = |description: &str, mut schema: Schema| {
            schema.insert("description".to_owned(), description.into());
            schema
        };
        json_schema!({
            "description": "A word, or where the identifier comes from and what it stays the same for.",
            "anyOf": [
                word,
                {
                    "type": "object",
                    "properties": {
                        "source": described("Where it comes from.", source),
                        "of": {
                            "type": "array",
                            "items": { "type": "string" },
                            "description": "What it is computed or read from: attributes, or words.",
                        },
                        "salted": { "type": "boolean", "description": "Whether a secret that never leaves is hashed with it." },
                        "scope": described("What it stays the same for.", scope),
                        "rotates": {
                            "type": "string",
                            "pattern": PERIOD_PATTERN,
                            "description": "After how long another one takes its place: `30d`.",
                        },
                    },
                    "required": ["source"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}

impl JsonSchema for OptOutModel {
    fn schema_name() -> Cow<'static, str> {
        "OptOut".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one_of = OptOutKind::WORDS.iter().map(|word| serde_json::json!({ "required": [word] })).collect::<Vec<_>>();
        json_schema!({
            "description": "What switches everything off: the name of an environment variable, or a mapping.",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": {
                        "variable": { "type": "string", "description": "An environment variable. The runtime reads it." },
                        "flag": { "type": "string", "description": "An option of the command line, such as `--no-telemetry`." },
                        "setting": { "type": "string", "description": "A setting of the program." },
                        "command": { "type": "string", "description": "A command that switches off." },
                        "off_when": {
                            "type": "boolean",
                            "description": "`false` for a variable that switches off unless its value is a word for yes.",
                        },
                    },
                    "additionalProperties": false,
                    "oneOf": one_of,
                },
            ],
        })
    }
}

impl JsonSchema for ExampleModel {
    fn schema_name() -> Cow<'static, str> {
        "Example".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A value as it may be sent.", "type": ["boolean", "number", "string", "array"] })
    }
}
