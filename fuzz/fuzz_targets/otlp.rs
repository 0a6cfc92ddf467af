//! Requests of OTLP, on whatever bytes the fuzzer makes: what prost reads, too, has as many signals as it finds; and what
//! passes on is a request to prost, in which the validator finds nothing.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use candor_schema::{Catalogue, Consent};
use candor_validate::{Allow, Item, Request, Signals, Stopped, Validator, read};
use libfuzzer_sys::fuzz_target;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    candor_schema::load(&root.join("schema/crewai")).catalogue.expect("no findings")
});

static SIDES: LazyLock<[(Validator<'static>, Allow<'static>); 2]> = LazyLock::new(|| {
    [Consent::Default, Consent::OptedIn]
        .map(|level| (Validator::new(&CATALOGUE, level), Allow::new(&CATALOGUE, level)))
});

fuzz_target!(|bytes: &[u8]| {
    let _ = read(&CATALOGUE, bytes);
    for signals in [Signals::Traces, Signals::Logs] {
        let protobuf = Request::from_protobuf(signals, bytes);
        // prost takes groups, which OTLP has none of, and refuses texts that are not UTF-8.
        if let (Ok(request), Some(count)) = (&protobuf, count(signals, bytes)) {
            assert_eq!(request.len(), count, "as prost read it");
        }
        for request in [protobuf, Request::from_json(signals, bytes)].into_iter().flatten() {
            check(signals, &request);
        }
    }
});

/// Counts the signals that prost finds in a request.
fn count(signals: Signals, bytes: &[u8]) -> Option<usize> {
    match signals {
        Signals::Traces => {
            let request = ExportTraceServiceRequest::decode(bytes).ok()?;
            let scopes = request.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
            Some(scopes.map(|scope| scope.spans.len()).sum())
        }
        Signals::Logs => {
            let request = ExportLogsServiceRequest::decode(bytes).ok()?;
            let scopes = request.resource_logs.iter().flat_map(|resource| &resource.scope_logs);
            Some(scopes.map(|scope| scope.log_records.len()).sum())
        }
        Signals::Metrics => None, // no catalogue lists them, and none are tried
    }
}

fn check(signals: Signals, request: &Request) {
    request.items(&CATALOGUE);
    for (validator, allow) in SIDES.iter() {
        let passed = allow.pass(request, &mut Stopped::default());
        assert!(passed.signals <= request.len());
        assert_eq!(count(signals, &passed.body), Some(passed.signals), "as it was built");
        let again = Request::from_protobuf(signals, &passed.body).expect("a request");
        for item in again.items(&CATALOGUE) {
            let Item::Payload(payload) = item else { panic!("{item:?}") };
            assert_eq!(validator.check_payload(&payload), [], "{payload:?}");
        }
    }
}
