//! The keys that each part of a catalogue may have, in the order in which a message lists them.

/// The keys of the head, which no other file may have.
pub(super) const HEAD_KEYS: &[&str] =
    &["candor", "name", "title", "version", "service", "endpoint", "endpoints", "consent", "docs", "reviews", "allow"];

/// The keys that a head needs.
pub(super) const HEAD_NEEDS: [&str; 5] = ["candor", "name", "title", "version", "service"];

/// The keys of a catalogue file.
pub(super) const ROOT_KEYS: &[&str] = &[
    "candor",
    "name",
    "title",
    "version",
    "service",
    "endpoint",
    "endpoints",
    "consent",
    "docs",
    "reviews",
    "rows",
    "attributes",
    "objects",
    "spans",
    "events",
    "metrics",
    "common",
    "resource",
    "allow",
];

/// The keys of an endpoint.
pub(super) const ENDPOINT_KEYS: &[&str] = &["url", "brief", "form", "method", "body", "batch", "allow"];

/// The keys of `consent`.
pub(super) const CONSENT_KEYS: &[&str] = &["opt_in", "opt_out", "ask", "channels"];

/// The keys of a channel.
pub(super) const CHANNEL_KEYS: &[&str] = &["title", "brief", "default", "implies"];

/// The keys of an opt-out that is written as a mapping.
pub(super) const OPT_OUT_KEYS: &[&str] = &["variable", "flag", "setting", "command", "off_when"];

/// The keys of `docs`.
pub(super) const DOCS_KEYS: &[&str] = &[
    "title",
    "intro",
    "before",
    "table_title",
    "layout",
    "columns",
    "lines",
    "default_word",
    "opt_in_word",
    "note",
    "after",
];

/// The keys of a column that is written as a mapping.
pub(super) const COLUMN_KEYS: &[&str] = &["column", "title"];

/// The keys of a section of the page.
pub(super) const SECTION_KEYS: &[&str] = &["title", "text"];

/// The keys of a review.
pub(super) const REVIEW_KEYS: &[&str] = &["version", "who", "when", "link", "widens"];

/// The keys of a row.
pub(super) const ROW_KEYS: &[&str] = &[
    "title",
    "reason",
    "personal",
    "purpose",
    "owner",
    "retention",
    "expires",
    "legal_basis",
    "links",
    "since",
    "deprecated",
    "allow",
];

/// The keys of an attribute.
pub(super) const ATTRIBUTE_KEYS: &[&str] = &[
    "row",
    "collected",
    "type",
    "name",
    "brief",
    "note",
    "examples",
    "max_length",
    "pattern",
    "minimum",
    "maximum",
    "unit",
    "max_items",
    "max_depth",
    "encoding",
    "nullable",
    "personal",
    "identifier",
    "derived_from",
    "free_text",
    "on_violation",
    "purpose",
    "owner",
    "retention",
    "expires",
    "legal_basis",
    "links",
    "since",
    "deprecated",
    "stability",
    "allow",
];

/// The keys of an identifier that is written as a mapping.
pub(super) const IDENTIFIER_KEYS: &[&str] = &["source", "of", "salted", "scope", "rotates"];

/// The keys of an object.
pub(super) const OBJECT_KEYS: &[&str] = &["brief", "fields", "allow"];

/// The keys of a field that is written as a mapping.
pub(super) const FIELD_KEYS: &[&str] = &["attribute", "requirement"];

/// The keys of a span or an event.
pub(super) const SIGNAL_KEYS: &[&str] = &[
    "name",
    "collected",
    "brief",
    "row",
    "endpoint",
    "attributes",
    "every",
    "body",
    "parents",
    "links_to",
    "propagates",
    "since",
    "deprecated",
    "stability",
    "allow",
];

/// The keys of a metric.
pub(super) const METRIC_KEYS: &[&str] = &[
    "name",
    "collected",
    "brief",
    "instrument",
    "value",
    "unit",
    "bounds",
    "interval",
    "row",
    "endpoint",
    "attributes",
    "since",
    "deprecated",
    "stability",
    "allow",
];

/// The keys of a type that is written as a mapping.
pub(super) const TYPE_KEYS: &[&str] = &["enum", "other", "map", "keys"];

/// The keys of what a map's keys may be.
pub(super) const MAP_KEYS: &[&str] = &["enum", "pattern", "max_length", "personal"];

/// The keys of an enum's member that is written as a mapping.
pub(super) const MEMBER_KEYS: &[&str] = &["value", "name"];

/// The keys of `deprecated`.
pub(super) const DEPRECATED_KEYS: &[&str] = &["reason", "renamed_to", "note"];

#[cfg(all(test, feature = "json-schema"))]
mod tests {
    use super::*;

    /// The reader's keys and the published schema's properties are the same.
    #[test]
    fn keys_equal_the_published_schema() {
        let schema = crate::format_schema();
        let properties = |part: &serde_json::Value| -> Vec<String> {
            let mut keys: Vec<_> =
                part["properties"].as_object().expect("an object").keys().map(String::clone).collect();
            keys.sort();
            keys
        };
        let sorted = |keys: &[&str]| -> Vec<String> {
            let mut keys: Vec<_> = keys.iter().map(|key| (*key).to_owned()).collect();
            keys.sort();
            keys
        };
        assert_eq!(properties(&schema), sorted(ROOT_KEYS));
        for (definition, keys) in [
            ("Endpoint", ENDPOINT_KEYS),
            ("Consent", CONSENT_KEYS),
            ("Channel", CHANNEL_KEYS),
            ("Docs", DOCS_KEYS),
            ("Section", SECTION_KEYS),
            ("Review", REVIEW_KEYS),
            ("Row", ROW_KEYS),
            ("Attribute", ATTRIBUTE_KEYS),
            ("Object", OBJECT_KEYS),
            ("Signal", SIGNAL_KEYS),
            ("Metric", METRIC_KEYS),
            ("Deprecated", DEPRECATED_KEYS),
        ] {
            assert_eq!(properties(&schema["$defs"][definition]), sorted(keys), "{definition}");
        }
        assert_eq!(properties(&schema["$defs"]["ColumnOfThePage"]["anyOf"][1]), sorted(COLUMN_KEYS));
        for (definition, keys) in [("Field", FIELD_KEYS), ("Identifier", IDENTIFIER_KEYS), ("OptOut", OPT_OUT_KEYS)] {
            assert_eq!(properties(&schema["$defs"][definition]["anyOf"][1]), sorted(keys), "{definition}");
        }
    }
}
