//! A metric that cannot be measured as it is written.

use candor_domain::{Instrument, MOST_BUCKETS};

use crate::index::Index;
use crate::model::{FormWord, InstrumentWord, Located, MeasureModel, Number, SignalModel};
use crate::{Check, Finding, Severity, SignalKind};

/// Found by [`check_bad_metric`].
pub const CHECK: Check = Check {
    code: "E0260",
    severity: Severity::Error,
    waivable: false,
    title: "bad metric",
    what: "A histogram has no `bounds`, or bounds that do not ascend or are more than 100; another instrument has some; or a \
           metric goes to an endpoint that is not OTLP.",
    why: "The bounds say how finely values are told apart, so they are part of what is disclosed. Only OTLP has metrics.",
    wrong: "metrics:\n  latency: {name: demo.latency, collected: default, brief: time it took, row: usage, instrument: histogram, value: int, unit: ms}\n",
    right: "metrics:\n  latency: {name: demo.latency, collected: default, brief: time it took, row: usage, instrument: histogram, value: int, unit: ms, bounds: [10, 100, 1000]}\n",
};

/// Looks at the bounds and the endpoint of each metric.
pub fn check_bad_metric(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (kind, id, signal) in index.signals() {
        let Some(measure) = signal.measure.as_ref().filter(|_| kind == SignalKind::Metric) else { continue };
        if !index.is_key_unread(id, "bounds") {
            findings.extend(fault_of_bounds(id, measure));
        }
        findings.extend(fault_of_endpoint(index, id, signal));
    }
}

fn fault_of_bounds(id: &Located<String>, measure: &MeasureModel) -> Option<Finding> {
    let instrument = measure.instrument.as_ref()?;
    let first = measure.bounds.first();
    match (instrument.value, first) {
        (InstrumentWord::Histogram, None) => {
            let message = format!("histogram `{}` has no bounds", id.value);
            let help = "add `bounds: […]`, ascending: the upper end of each bucket but the last";
            return Some(CHECK.at(id.place, message).help(help));
        }
        (InstrumentWord::Histogram, Some(_)) => {}
        (other, Some(bound)) => {
            let message =
                format!("{} `{}` has bounds, which only histograms have", Instrument::from(other).words(), id.value);
            return Some(CHECK.at(bound.place, message).help("make it a histogram, or remove `bounds`"));
        }
        (_, None) => return None,
    }
    if measure.bounds.len() > MOST_BUCKETS {
        let message = format!("histogram `{}` has {} bounds", id.value, measure.bounds.len());
        return Some(CHECK.at(id.place, message).help(format!("keep at most {MOST_BUCKETS}")));
    }
    let descends = |pair: &&[Located<Number>]| pair[0].value.as_f64() >= pair[1].value.as_f64();
    let pair = measure.bounds.windows(2).find(descends)?;
    let message = format!("the bounds of `{}` do not ascend", id.value);
    Some(CHECK.at(pair[1].place, message).label(pair[0].place, "not below this one").help("sort them, each once"))
}

fn fault_of_endpoint(index: &Index<'_>, id: &Located<String>, signal: &SignalModel) -> Option<Finding> {
    let (name, endpoint) = index.model.endpoints.0.get(index.endpoint_of(signal)?)?;
    let form = endpoint.form.as_ref().filter(|form| form.value == FormWord::Json)?;
    let message = format!("metric `{}` goes to `{}`, which takes no OTLP", id.value, name.value);
    let place = signal.endpoint.as_ref().map_or(id.place, |endpoint| endpoint.place);
    Some(CHECK.at(place, message).label(form.place, "its form").help("name an endpoint of form `otlp` at the metric"))
}
