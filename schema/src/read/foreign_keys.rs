//! Keys that other formats have, and what to write here instead: OpenTelemetry's semantic conventions, Glean,
//! JSON Schema, and plain other words.

/// The key of the same meaning, which may then be read as if it had been written.
pub(super) fn same_key(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let meant = match key {
        "description" | "desc" | "summary" | "doc" | "help" if known.contains(&"brief") => "brief",
        "description" | "desc" | "summary" | "why" => "reason",
        "units" | "unit_of_measurement" => "unit",
        "retention_days" | "kept" | "keep" => "retention",
        "expiry" | "expiration" | "sunset" => "expires",
        "label" | "heading" | "display_name" => "title",
        "min" | "least" => "minimum",
        "max" | "most" => "maximum",
        "max_len" | "maxlen" => "max_length",
        "regex" | "regexp" | "matches" => "pattern",
        "kind" | "data_type" | "datatype" => "type",
        "level" | "requirement_level" => "requirement",
        "ref" => "attribute",
        "author" | "reviewer" | "by" => "who",
        "date" | "day" => "when",
        "url" | "href" => "link",
        "service_name" | "app" => "service",
        "pii" | "sensitive" => "personal",
        _ => return None,
    };
    known.iter().copied().find(|known| *known == meant)
}

/// Returns advice on a key that does not exist, in a mapping with these keys.
pub(super) fn advice(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let of = |own: &str| known.contains(&own);
    Some(match key {
        "<<" => "it takes the name of a mapping: `<<: *base`, where one has the anchor `&base`",
        "$schema" => "name it in a comment: `# yaml-language-server: $schema=…`",
        "$id" | "$ref" | "$defs" => "this is no JSON Schema; `candor schema catalogue` prints the one for catalogues",
        "groups" if of("spans") => "write what the groups hold under `attributes`, `spans`, `events` and `metrics`",
        "pings" if of("spans") => "write each as an event",
        "counters" | "gauges" | "histograms" if of("spans") => "write each under `metrics`, with its `instrument`",
        "signals" if of("spans") => "write them under `spans`, `events` or `metrics`",
        "license" | "licence" | "homepage" | "repository" | "description" if of("spans") => {
            "remove it: a catalogue says what is collected"
        }
        "requirement_level" | "required" | "optional" | "requirement" if of("row") && of("type") => {
            "say `required` or `optional` where a span or an event lists the attribute"
        }
        "required" if of("attributes") => "say `required` beside each of `attributes`",
        "properties" | "fields" if of("attributes") && of("collected") => {
            "list them under `attributes`: `{name: required}`"
        }
        "members" | "values" | "choices" | "options" | "allowed_values" if of("enum") && of("map") => {
            "list the texts: `{enum: [a, b]}`"
        }
        "enum" | "members" | "values" | "choices" | "options" if of("type") => {
            "make it the type: `type: {enum: [a, b]}`"
        }
        "values" | "value" | "additional_properties" if of("map") => {
            "give the type of its values: `{map: int, keys: …}`"
        }
        "key" if of("map") => "say what the keys may be: `{map: int, keys: {max_length: 40}}`",
        "items" | "array" | "repeated" if of("type") => "make it the type: `type: [string]` is a list of texts",
        "id" | "key" if of("brief") => "remove it: the name that all this stands under is the id",
        "min_length" | "minLength" | "min_items" if of("pattern") => {
            "remove it; what a text has to have at least is for a `pattern` to say"
        }
        "default" if of("collected") => "remove it; `collected` says whether it is sent by default",
        "sampling" | "enabled" | "tag" | "tags" => "remove it: there is nothing like it here",
        "additionalProperties" => "remove it: nothing else than what is listed is ever sent",
        "data_sensitivity" | "sensitivity" | "classification" => "say it with `collected` and `personal`",
        "send_in_pings" | "pings" if of("type") => "list the attribute under a span or an event instead",
        "notification_emails" | "bugs" | "data_reviews" => {
            "remove it; who agreed to a change stands under `reviews` in the head"
        }
        "span_kind" | "kind" if of("attributes") => {
            "remove it: what stands under `spans` is a span, and under `events` an event"
        }
        _ => return None,
    })
}
