//! The event of the benches, and its catalogue.

use std::sync::LazyLock;

use candor::{Catalogue, Telemetry};

/// The event: 4 texts, 4 whole numbers, 2 booleans, 1 number, 1 list of 3 texts.
#[derive(Telemetry)]
#[telemetry(catalogue = "telemetry.yaml", span = "crew_done")]
pub struct CrewDone {
    pub process: String,
    pub agents: i64,
    pub tasks: i64,
    pub iterations: i64,
    pub attempts: i64,
    pub memory: bool,
    pub verbose: bool,
    pub quality: f64,
    pub goal: String,
    pub backstory: String,
    pub output: String,
    pub tools: Vec<String>,
}

/// The texts are the program's own, as in life: who keeps one has to copy it.
pub static EVENT: LazyLock<CrewDone> = LazyLock::new(|| CrewDone {
    process: "sequential".to_owned(),
    agents: 3,
    tasks: 5,
    iterations: 25,
    attempts: 1,
    memory: false,
    verbose: true,
    quality: 8.5,
    goal: "Find out what the family owns in the old town".to_owned(),
    backstory: "Years in the archives of the city".to_owned(),
    output: "The family owns three houses and a mill by the river.".to_owned(),
    tools: ["web_search", "word_counter", "land_register"].map(str::to_owned).to_vec(),
});

pub fn catalogue() -> &'static Catalogue {
    candor::catalogue!("telemetry.yaml")
}
