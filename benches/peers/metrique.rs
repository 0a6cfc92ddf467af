//! `metrique`: the event as JSON, formatted in line and discarded.

use metrique::json::Json;
use metrique::unit_of_work::metrics;
use metrique::writer::FormatExt;
use metrique::writer::sink::FlushImmediately;

use crate::event::EVENT;
use crate::{Cost, measure};

#[metrics]
struct CrewDone {
    process: String,
    agents: u64,
    tasks: u64,
    iterations: u64,
    attempts: u64,
    memory: bool,
    verbose: bool,
    quality: f64,
    goal: String,
    backstory: String,
    output: String,
    /// It has no lists of texts, so the names are joined.
    tools: String,
}

/// Formatted on the calling thread; what keeps the texts has to copy them.
pub fn json() -> Cost {
    let sink = FlushImmediately::new_boxed(Json::new().output_to(std::io::sink()));
    let emit = || {
        let event = CrewDone {
            process: EVENT.process.clone(),
            agents: EVENT.agents as u64,
            tasks: EVENT.tasks as u64,
            iterations: EVENT.iterations as u64,
            attempts: EVENT.attempts as u64,
            memory: EVENT.memory,
            verbose: EVENT.verbose,
            quality: EVENT.quality,
            goal: EVENT.goal.clone(),
            backstory: EVENT.backstory.clone(),
            output: EVENT.output.clone(),
            tools: EVENT.tools.join(","),
        };
        drop(event.append_on_drop(sink.clone()));
    };
    measure(emit, || ())
}
