//! `stitch`, an imaginary tool that joins files: what telemetry looks like in a program of your own.
//!
//! The generated emitters (from `build.rs`) and the derive stand side by side; use whichever suits a place.

use std::time::{Duration, Instant};

use candor::{Pipeline, Telemetry};

/// The emitters that `build.rs` made from `telemetry/`.
mod telemetry {
    include!(concat!(env!("OUT_DIR"), "/telemetry.rs"));
}

use telemetry::{CATALOGUE, FirstRun, Flags, InputFormat, System};

/// One run, as this program knows it; each field is an attribute, or says that it is none.
#[derive(Telemetry)]
#[telemetry(catalogue = "telemetry", span = "run_finished")]
struct Run {
    stitch_version: &'static str,
    join: Join,
    flags: Vec<Flags>,
    threads: usize,
    #[telemetry(attribute = "duration_ms")]
    took: u64,
    succeeded: bool,
    inputs: Vec<Input>,
    error_message: Option<String>,
    #[telemetry(skip)]
    output: Vec<String>,
}

#[derive(Clone, Copy, Telemetry)]
#[telemetry(catalogue = "telemetry", attribute = "join")]
enum Join {
    Rows,
    #[telemetry(member = "key")]
    OnKey,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "telemetry", object = "input")]
struct Input {
    format: InputFormat,
    bytes: Option<u64>,
    columns: Vec<String>,
    #[telemetry(skip)]
    path: String,
}

fn main() {
    let share_details = std::env::args().any(|argument| argument == "--share-details");
    let endpoint = std::env::var("STITCH_TELEMETRY_ENDPOINT").unwrap_or_else(|_| "http://127.0.0.1:4318".to_owned());
    let (pipeline, decision) = Pipeline::builder(&CATALOGUE).endpoint(endpoint).build();
    let pipeline = pipeline.sharing(share_details);
    println!("telemetry: {} ({})", pipeline.consent(), decision.reason);

    pipeline.emit_with(|| FirstRun { stitch_version: env!("CARGO_PKG_VERSION"), system: system() });
    let run = stitch(&["people.csv", "towns.csv"]);
    println!("{} rows out of {}", run.output.len(), run.inputs.iter().map(|input| &*input.path).collect::<Vec<_>>().join(", "));
    pipeline.emit(&run);
    match candor::preview(&CATALOGUE, pipeline.consent(), &run) {
        Some(payload) => println!("what is sent: {payload}"),
        None => println!("nothing is sent"),
    }
    pipeline.shutdown(Duration::from_secs(1));
    let stats = pipeline.stats();
    println!("{} emitted, {} sent, {} dropped", stats.emitted, stats.sent, stats.dropped);
}

/// The work, imagined.
fn stitch(paths: &[&str]) -> Run {
    let start = Instant::now();
    let join = if paths.len() > 1 { Join::OnKey } else { Join::Rows };
    let inputs = paths.iter().map(|path| Input {
        format: InputFormat::Csv,
        bytes: Some(path.len() as u64),
        columns: vec!["name".to_owned(), "town".to_owned()],
        path: (*path).to_owned(),
    });
    Run {
        stitch_version: env!("CARGO_PKG_VERSION"),
        join,
        flags: vec![Flags::Sort, Flags::Header],
        threads: 1,
        inputs: inputs.collect(),
        took: start.elapsed().as_millis() as u64,
        succeeded: true,
        error_message: None,
        output: vec!["Ada, London".to_owned()],
    }
}

fn system() -> System {
    match std::env::consts::OS {
        "linux" => System::Linux,
        "macos" => System::Macos,
        "windows" => System::Windows,
        _ => System::Other,
    }
}
