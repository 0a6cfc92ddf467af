//! Metrics of a catalogue: how they are read, and how two are compared.

use candor_schema::Class::{self, AddsOptIn, Breaks, Narrows, Widens, Wording};
use candor_schema::{Catalogue, Instrument, NumberType, SignalKind, diff, load_str, series};

const SERVER: &str = include_str!("../../tests/metrics/telemetry.yaml");

#[track_caller]
fn load(text: &str) -> Catalogue {
    let loaded = load_str("telemetry.yaml", text);
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

#[test]
fn a_metric_is_a_signal_with_an_instrument() {
    let catalogue = load(SERVER);
    let latency = catalogue.signal("latency").expect("it is listed");
    let measure = latency.measure.as_ref().expect("it is a metric");
    assert_eq!((latency.kind, measure.instrument), (SignalKind::Metric, Instrument::Histogram));
    assert_eq!((measure.number, &*measure.unit, measure.interval), (NumberType::Double, "ms", 30));
    assert_eq!(*measure.bounds, [1.0, 5.0, 25.0, 100.0]);
    let requests = catalogue.signal("requests").expect("it is listed");
    assert_eq!(requests.measure.as_ref().map(|measure| measure.interval), Some(60), "the usual interval");
    assert_eq!(series(&requests.info.attributes), Some(4 * 2 * 5));
    let open = catalogue.signal("open").expect("it is listed");
    assert_eq!(series(&open.info.attributes), Some(3), "absence is a value");
}

#[test]
fn common_attributes_are_not_those_of_metrics() {
    let text = SERVER.replace("metrics:\n", "common: {word: required}\nmetrics:\n").replace(
        "attributes:\n  method",
        "attributes:\n  word: {row: cache, collected: default, type: string, max_length: 9, brief: word}\n  method",
    );
    let text = format!("{text}events:\n  noted: {{name: Noted, collected: default, brief: noted, row: cache}}\n");
    let catalogue = load(&text);
    let carries = |id: &str| catalogue.signal(id).is_some_and(|signal| signal.info.attribute("word").is_some());
    assert_eq!(["requests", "noted"].map(carries), [false, true]);
}

#[track_caller]
fn codes(from: &str, to: &str) -> Vec<(&'static str, String)> {
    let text = SERVER.replace(from, to);
    assert_ne!(text, SERVER);
    let findings = load_str("telemetry.yaml", &text).findings;
    findings.into_iter().map(|finding| (finding.code, finding.message)).collect()
}

#[track_caller]
fn check_code(from: &str, to: &str, code: &str, message: &str) {
    assert_eq!(codes(from, to), [(code, message.to_owned())]);
}

#[test]
fn bounds_that_cannot_be() {
    check_code("    bounds: [1, 5, 25, 100]\n", "", "E0260", "histogram `latency` has no bounds");
    check_code("[1, 5, 25, 100]", "[1, 5, 5, 100]", "E0260", "the bounds of `latency` do not ascend");
    check_code(
        "    unit: By\n",
        "    bounds: [1]\n",
        "E0260",
        "gauge `cache_size` has bounds, which only histograms have",
    );
    let many: Vec<_> = (0..101).map(|bound| bound.to_string()).collect();
    check_code("[1, 5, 25, 100]", &format!("[{}]", many.join(", ")), "E0260", "histogram `latency` has 101 bounds");
}

#[test]
fn words_and_units_that_are_none() {
    check_code(
        "instrument: gauge",
        "instrument: summary",
        "E0009",
        "`summary` is not one of counter, up_down_counter, gauge, histogram",
    );
    check_code("unit: By", "unit: bytes", "E0242", "`bytes` is no unit of UCUM");
    assert_eq!(codes("interval: 30s", "interval: soon")[0].0, "E0015");
}

#[test]
fn labels_that_cannot_be_counted() {
    let found = codes("type: boolean, brief", "type: boolean, nullable: true, brief");
    let null = |metric| ("E0261", format!("metric `{metric}` has `secure`, which may be null"));
    assert_eq!(found, [null("requests"), null("open")]);
}

#[test]
fn too_many_series_say_how_many() {
    check_code("maximum: 5", "maximum: 500", "E0262", "metric `requests` has 4000 series, more than 2000");
}

/// The classes and sentences of what changed.
#[track_caller]
fn changes(from: &str, to: &str) -> Vec<(Vec<Class>, String)> {
    let text = SERVER.replace(from, to);
    assert_ne!(text, SERVER);
    let diff = diff(&load(SERVER), &load(&text));
    diff.changes.into_iter().map(|change| (change.classes, change.sentence)).collect()
}

#[track_caller]
fn check_change(from: &str, to: &str, classes: &[Class], sentence: &str) {
    assert_eq!(changes(from, to), [(classes.to_vec(), sentence.to_owned())]);
}

#[test]
fn finer_bounds_widen() {
    check_change(
        "[1, 5, 25, 100]",
        "[1, 2, 5, 25, 100]",
        &[Widens, Breaks],
        "metric `latency` tells values apart at 2, too",
    );
    check_change(
        "[1, 5, 25, 100]",
        "[1, 25, 100]",
        &[Breaks, Narrows],
        "metric `latency` no longer tells values apart at 5",
    );
}

#[test]
fn shorter_intervals_widen() {
    check_change(
        "interval: 30s",
        "interval: 10s",
        &[Widens],
        "metric `latency` was reported every 30 seconds and is every 10 seconds",
    );
    check_change(
        "interval: 30s",
        "interval: 1h",
        &[Narrows],
        "metric `latency` was reported every 30 seconds and is every hour",
    );
}

#[test]
fn other_instruments_numbers_and_units() {
    check_change(
        "instrument: up_down_counter",
        "instrument: gauge",
        &[Widens, Breaks],
        "the instrument of metric `open` was up-down counter and is gauge",
    );
    check_change(
        "unit: By",
        "unit: KiBy",
        &[Widens, Breaks],
        "metric `cache_size` had the unit `By` and has the unit `KiBy`",
    );
    let sentence = "metric `evictions` had values of type double and has int";
    let last = "instrument: counter\n    value: double";
    check_change(last, "instrument: counter\n    value: int", &[Narrows], sentence);
}

#[test]
fn metrics_attributes_and_members_widen() {
    let added = changes(
        "metrics:\n",
        "metrics:\n  errors: {name: gate.errors, collected: default, brief: errors, row: cache, instrument: counter, value: int}\n",
    );
    assert_eq!(added[0], (vec![Widens], "metric `gate.errors` (errors) is new, and sent by default".to_owned()));
    let opted = changes(
        "row: shards\n    instrument: counter\n    value: double\n",
        "row: shards\n    instrument: counter\n    value: double\n    attributes: {secure: optional}\n",
    );
    assert_eq!(opted, [(vec![AddsOptIn], "metric `evictions` carries `secure`, too".to_owned())]);
    let member = changes("[GET, POST, PUT]", "[GET, POST, PUT, DELETE]");
    assert!(member.iter().any(|(classes, _)| classes.contains(&Widens)), "{member:#?}");
    check_change("brief: size of the cache", "brief: bytes in it", &[Wording], "metric `cache_size` has another brief");
}
