//! The tour: all of Candor on CrewAI's telemetry, in one screen.
//!
//! Checks the catalogue, generates everything, runs a crew with `share_crew` off and on against a receiver of its own,
//! and holds what arrived against the generated schemas.

mod artefacts;
mod crew;
mod receiver;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use candor::{Consent, Pipeline};
use candor_schema::{Catalogue, Collected, load};
use candor_validate::{Item, Validator};
use crew::{Crew, CrewExecution, TaskExecution};
use receiver::Receiver;
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("Candor: telemetry that tells the truth. A tour on CrewAI's catalogue.\n");
    let catalogue = check(root)?;
    generate(root, &catalogue)?;
    let off = run("share_crew off", Consent::Default, false, &catalogue)?;
    let on = run("share_crew on", Consent::Default, true, &catalogue)?;
    let nothing = run("telemetry off", Consent::Off, true, &catalogue)?;
    compare(&off, &on, &nothing);
    println!("Look at");
    println!("  schema/crewai/                 the catalogue: change it, and everything below follows");
    println!("  generated/docs/telemetry.md    the page that people read");
    println!("  generated/src/signals.rs       the emitters; the filter stands in each `record`");
    println!("  generated/json-schema/         what a receiver may accept, per signal and consent");
    println!("  docs/crewai.md                 where CrewAI's page and CrewAI's code differ");
    Ok(())
}

fn check(root: &Path) -> Result<Catalogue, Box<dyn Error>> {
    let loaded = load(&root.join("schema/crewai"));
    let catalogue = loaded.catalogue.ok_or("the catalogue has errors; see `cargo candor check`")?;
    let opt_in = catalogue.rows().len() - default_rows(&catalogue);
    println!(
        "1  check      schema/crewai: {} rows ({} by default, {opt_in} only with `{}`), {} attributes, {} signals",
        catalogue.rows().len(),
        default_rows(&catalogue),
        catalogue.head().opt_in().unwrap_or_default(),
        catalogue.attributes().len(),
        catalogue.signals().len()
    );
    Ok(catalogue)
}

fn default_rows(catalogue: &Catalogue) -> usize {
    let rows = catalogue.rows().iter().enumerate().filter_map(|(position, _)| catalogue.row_id(position));
    rows.filter(|row| catalogue.row_channels(*row) == [Collected::Default]).count()
}

fn generate(root: &Path, catalogue: &Catalogue) -> Result<(), Box<dyn Error>> {
    let artefacts = artefacts::all(root, catalogue)?;
    let changed = candor_codegen::write(&root.join("generated"), &artefacts)?;
    println!("2  generate   generated/: {} files, {} changed", artefacts.len(), changed.len());
    Ok(())
}

/// The signals that arrived in one run: the keys of each, objects' fields included.
struct Arrived {
    requests: usize,
    signals: usize,
    bytes: usize,
    keys: BTreeMap<String, Vec<String>>,
}

fn run(title: &str, consent: Consent, share_crew: bool, catalogue: &Catalogue) -> Result<Arrived, Box<dyn Error>> {
    let receiver = Receiver::start()?;
    let builder = Pipeline::builder(&candor_crewai::CATALOGUE).consent(consent).endpoint(receiver.endpoint());
    let (telemetry, decision) = builder.build();
    work(&telemetry, &Crew::example(share_crew));
    telemetry.shutdown(Duration::from_secs(5));

    let requests = receiver.take();
    let level = if share_crew { Consent::OptedIn } else { Consent::Default };
    let validator = Validator::new(catalogue, level);
    let mut arrived = Arrived { bytes: 0, signals: 0, requests: requests.len(), keys: BTreeMap::new() };
    let mut refused = 0;
    for request in &requests {
        arrived.bytes += request.body.len();
        for item in candor_validate::read(catalogue, &request.body)? {
            let Item::Payload(payload) = item else { return Err("a request that cannot be read".into()) };
            arrived.signals += 1;
            refused += validator.check_payload(&payload).len();
            collect_keys(&payload.value, &mut arrived.keys);
        }
    }
    let number = if title == "share_crew off" { "3" } else { " " };
    println!(
        "{number}  run        {title}: {} signals, {} bytes, {refused} violations of payload.{}.schema.json",
        arrived.signals,
        arrived.bytes,
        if share_crew { "opted_in" } else { "default" },
    );
    if decision.consent == Consent::Off && consent != Consent::Off {
        println!("              (off, because {})", decision.reason);
    }
    match refused {
        0 => Ok(arrived),
        _ => Err("what was sent is not what the schema allows".into()),
    }
}

/// The application: a crew is put together and does its tasks.
fn work(telemetry: &Pipeline, crew: &Crew) {
    let telemetry = telemetry.sharing(crew.share_crew);
    telemetry.emit(crew);
    let mut execution = telemetry.start(|| CrewExecution {
        crew_key: &crew.key,
        crew_id: &crew.id,
        agents: &crew.agents,
        tasks: &crew.tasks,
        output: None,
    });
    for task in &crew.tasks {
        let mut span = telemetry.start(|| TaskExecution {
            crew_key: &crew.key,
            crew_id: &crew.id,
            task_key: &task.key,
            task_id: &task.id,
            agent_role: &task.agent_role,
            description: &task.description,
            output: None,
        });
        span.with(|span| span.output = Some("The Meyer family owns three houses.".to_owned()));
        span.end();
    }
    execution.with(|span| span.output = Some("A report on three houses.".to_owned()));
    execution.end();
}

fn collect_keys(payload: &Value, keys: &mut BTreeMap<String, Vec<String>>) {
    let signal = keys.entry(payload["name"].as_str().unwrap_or_default().to_owned()).or_default();
    for (key, value) in payload["attributes"].as_object().into_iter().flatten() {
        let object = value.get(0).and_then(Value::as_object);
        let fields = object.map(|fields| fields.keys().map(|field| format!("{key}[].{field}")).collect());
        for name in fields.unwrap_or_else(|| vec![key.clone()]) {
            if !signal.contains(&name) {
                signal.push(name);
            }
        }
    }
}

fn compare(off: &Arrived, on: &Arrived, nothing: &Arrived) {
    println!("\nWhat left, by signal; held back until `share_crew` is on: \u{2716}\n");
    for (signal, keys) in &on.keys {
        let default = off.keys.get(signal);
        let held: Vec<&str> = keys
            .iter()
            .filter(|key| !default.is_some_and(|default| default.contains(*key)))
            .map(String::as_str)
            .collect();
        match default {
            Some(default) => println!("  {signal}: {} by default", default.len()),
            None => println!("  {signal}: nothing by default"),
        }
        println!("    \u{2716} {}", wrap(&held));
    }
    println!("\n  With telemetry off: {} requests, {} bytes.\n", nothing.requests, nothing.bytes);
}

/// Names in lines of at most 100 characters.
fn wrap(names: &[&str]) -> String {
    let mut text = String::new();
    let mut width = 0;
    for (position, name) in names.iter().enumerate() {
        if position > 0 {
            text.push(',');
            let fits = width + name.len() <= 100;
            text.push_str(if fits { " " } else { "\n      " });
            width = if fits { width } else { 0 };
        }
        text.push_str(name);
        width += name.len() + 2;
    }
    text
}
