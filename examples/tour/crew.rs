//! A crew as an application might have it: plain structs of its own, each field decided against the catalogue.

use candor::Telemetry;

#[derive(Clone, Copy, Telemetry)]
#[telemetry(catalogue = "schema/crewai", attribute = "crew_process")]
pub enum Process {
    Sequential,
    #[allow(dead_code, reason = "the tour's crew works in sequence")]
    Hierarchical,
}

#[derive(Clone, Telemetry)]
#[telemetry(catalogue = "schema/crewai", object = "agent")]
pub struct Agent {
    pub key: String,
    pub id: String,
    pub role: String,
    pub goal: String,
    pub backstory: String,
    pub verbose: bool,
    pub max_iter: u32,
    pub max_rpm: Option<u32>,
    pub llm: &'static str,
    #[telemetry(attribute = "delegation_enabled?")]
    pub may_delegate: bool,
    #[telemetry(attribute = "tools_names")]
    pub tools: Vec<&'static str>,
    /// Leave the next line out and this does not compile: no field is reported, or not, by accident.
    #[telemetry(skip)]
    #[allow(dead_code, reason = "a secret that telemetry never touches")]
    pub api_key: &'static str,
}

#[derive(Clone, Telemetry)]
#[telemetry(catalogue = "schema/crewai", object = "task")]
pub struct Task {
    pub key: String,
    pub id: String,
    pub description: String,
    pub expected_output: String,
    #[telemetry(attribute = "async_execution?")]
    pub in_background: bool,
    pub human_input: bool,
    pub agent_role: String,
    pub agent_key: Option<String>,
    #[telemetry(attribute = "tools_names")]
    pub tools: Vec<&'static str>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "schema/crewai", span = "crew_created")]
pub struct Crew {
    pub crewai_version: &'static str,
    pub python_version: &'static str,
    #[telemetry(attribute = "crew_key")]
    pub key: String,
    #[telemetry(attribute = "crew_id")]
    pub id: String,
    #[telemetry(attribute = "crew_process")]
    pub process: Process,
    #[telemetry(attribute = "crew_memory")]
    pub memory: bool,
    #[telemetry(attribute = "crew_number_of_agents")]
    pub agent_count: usize,
    #[telemetry(attribute = "crew_number_of_tasks")]
    pub task_count: usize,
    #[telemetry(attribute = "crew_agents")]
    pub agents: Vec<Agent>,
    #[telemetry(attribute = "crew_tasks")]
    pub tasks: Vec<Task>,
    #[telemetry(attribute = "crew_inputs")]
    pub inputs: String,
    pub platform: String,
    #[telemetry(attribute = "cpus")]
    pub cpu_count: usize,
    #[telemetry(skip)]
    pub share_crew: bool,
}

impl Crew {
    /// Two agents, two tasks.
    pub fn example(share_crew: bool) -> Crew {
        let agent = |number: u8, role: &str, goal: &str| Agent {
            key: key(number),
            id: id(number),
            role: role.to_owned(),
            goal: goal.to_owned(),
            backstory: "Years in the archives of the city.".to_owned(),
            verbose: false,
            max_iter: 25,
            max_rpm: None,
            llm: "gpt-4o",
            may_delegate: number == 1,
            tools: if number == 1 { vec!["web_search", "word_counter"] } else { Vec::new() },
            api_key: "sk-this-stays-here",
        };
        let task = |number: u8, agent: &Agent, description: &str| Task {
            key: key(number),
            id: id(number),
            description: description.to_owned(),
            expected_output: "One page".to_owned(),
            in_background: false,
            human_input: false,
            agent_role: agent.role.clone(),
            agent_key: Some(agent.key.clone()),
            tools: agent.tools.clone(),
        };
        let agents = vec![
            agent(1, "Senior Researcher", "Find out what the Meyer family owns"),
            agent(2, "Report Writer", "Write it up for the lawyers"),
        ];
        let tasks = vec![
            task(3, &agents[0], "Search the land register for Meyer"),
            task(4, &agents[1], "Write a report on Meyer"),
        ];
        Crew {
            crewai_version: "1.15.30",
            python_version: "3.13.1",
            key: key(9),
            id: id(9),
            process: Process::Sequential,
            memory: false,
            agent_count: agents.len(),
            task_count: tasks.len(),
            agents,
            tasks,
            inputs: r#"{"family": "Meyer"}"#.to_owned(),
            platform: "Linux-6.12".to_owned(),
            cpu_count: 8,
            share_crew,
        }
    }
}

/// One task at work.
#[derive(Telemetry)]
#[telemetry(catalogue = "schema/crewai", span = "task_execution")]
pub struct TaskExecution<'c> {
    pub crew_key: &'c str,
    pub crew_id: &'c str,
    pub task_key: &'c str,
    pub task_id: &'c str,
    pub agent_role: &'c str,
    #[telemetry(attribute = "formatted_description")]
    pub description: &'c str,
    #[telemetry(attribute = "task_output")]
    pub output: Option<String>,
}

/// The whole run: a span that exists only when the crew is shared.
#[derive(Telemetry)]
#[telemetry(catalogue = "schema/crewai", span = "crew_execution")]
pub struct CrewExecution<'c> {
    pub crew_key: &'c str,
    pub crew_id: &'c str,
    #[telemetry(attribute = "crew_agents")]
    pub agents: &'c [Agent],
    #[telemetry(attribute = "crew_tasks")]
    pub tasks: &'c [Task],
    #[telemetry(attribute = "crew_output")]
    pub output: Option<String>,
}

fn key(number: u8) -> String {
    format!("{number:032x}")
}

fn id(number: u8) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}
