//! Every signal of CrewAI's catalogue with every attribute, as the emitters send it.

#![allow(dead_code, reason = "every test is a crate of its own and uses a part of this")]

use candor::{Consent, Telemetry};
use candor_crewai::{
    Agent, CATALOGUE, CreateCrewDeployment, CrewCreated, CrewExecution, CrewIndividualTestResult, CrewProcess,
    CrewTestExecution, GetCrewLogs, StartDeployment, Task, TaskCreated, TaskExecution, TaskResult, ToolRepeatedUsage,
    ToolUsage, ToolUsageError,
};

const VERSION: &str = "1.15.30";
const KEY: &str = "ffac19590ce26aa74080def0fbaf333f";
const ID: &str = "a3c711a3-1f5b-4dde-88e1-d6145db822c4";
const ROLE: &str = "Senior Researcher";
const MODEL: &str = "gpt-4o";

const AGENT: Agent<'static> = Agent {
    key: KEY,
    id: ID,
    role: ROLE,
    goal: Some("Find out what the Meyer family owns"),
    backstory: Some("Years in the archives of the city."),
    verbose: false,
    max_iter: 25,
    max_rpm: Some(0),
    i18n: Some("prompts/de.json"),
    function_calling_llm: Some(""),
    llm: Some(MODEL),
    delegation_enabled: true,
    allow_code_execution: Some(false),
    max_retry_limit: Some(2),
    tools_names: &["web_search", "word_counter"],
};

const TASK: Task<'static> = Task {
    key: Some(KEY),
    id: ID,
    description: Some("Search the land register for {family}"),
    expected_output: Some("One page"),
    async_execution: false,
    human_input: false,
    agent_role: ROLE,
    agent_key: Some(KEY),
    context: Some(&["Search the web"]),
    tools_names: &[],
};

/// Returns every signal at a level of consent, in the payload form.
pub fn payloads(consent: Consent) -> Vec<String> {
    let mut payloads = Payloads { consent, sent: Vec::new() };
    show(&mut payloads);
    payloads.sent
}

/// Something that signals are shown to, whatever their type.
pub trait Audience {
    fn add<T: Telemetry>(&mut self, value: &T);
}

/// Shows every signal.
pub fn show(audience: &mut impl Audience) {
    let mut signals = Signals(audience);
    signals.crew();
    signals.tasks();
    signals.tests();
    signals.tools();
    signals.deployment();
}

struct Payloads {
    consent: Consent,
    sent: Vec<String>,
}

impl Audience for Payloads {
    fn add<T: Telemetry>(&mut self, value: &T) {
        self.sent.extend(candor::preview(&CATALOGUE, self.consent, value));
    }
}

struct Signals<'a, A>(&'a mut A);

impl<A: Audience> Signals<'_, A> {
    fn add<T: Telemetry>(&mut self, value: &T) {
        self.0.add(value);
    }

    fn crew(&mut self) {
        self.add(&CrewCreated {
            crewai_version: VERSION,
            python_version: "3.13.1",
            crew_key: KEY,
            crew_id: ID,
            crew_process: CrewProcess::Sequential,
            crew_memory: false,
            crew_number_of_tasks: 1,
            crew_number_of_agents: 1,
            crew_agents: &[AGENT],
            crew_tasks: &[TASK],
            crew_inputs: Some("{\"family\": \"Meyer\"}"),
            platform: Some("Linux-6.12"),
            platform_release: Some("6.12"),
            platform_system: Some("Linux"),
            platform_version: Some("#1 SMP"),
            cpus: Some(8),
        });
        self.add(&CrewExecution {
            crew_key: KEY,
            crew_id: ID,
            crew_inputs: Some("{}"),
            crew_agents: &[AGENT],
            crew_tasks: &[TASK],
            crew_output: Some("A report on three houses."),
            crew_tasks_output: Some(&[TaskResult { id: ID, description: Some("Search"), output: Some("Three") }]),
            crewai_version: Some(VERSION),
        });
    }

    fn tasks(&mut self) {
        self.add(&TaskCreated {
            crew_key: KEY,
            crew_id: ID,
            task_key: KEY,
            task_id: ID,
            agent_role: ROLE,
            formatted_description: Some("Search the land register for Meyer"),
            formatted_expected_output: Some("One page"),
            crewai_version: Some(VERSION),
        });
        self.add(&TaskExecution {
            crew_key: KEY,
            crew_id: ID,
            task_key: KEY,
            task_id: ID,
            agent_role: ROLE,
            formatted_description: Some("Search the land register for Meyer"),
            formatted_expected_output: Some("One page"),
            task_output: Some("The Meyer family owns three houses."),
            crewai_version: Some(VERSION),
        });
    }

    fn tests(&mut self) {
        self.add(&CrewTestExecution {
            crewai_version: VERSION,
            crew_key: KEY,
            crew_id: ID,
            iterations: 0,
            model_name: Some(MODEL),
            inputs: Some("{}"),
        });
        self.add(&CrewIndividualTestResult {
            crewai_version: VERSION,
            crew_key: KEY,
            crew_id: ID,
            quality: 9.5,
            exec_time: 0.0,
            model_name: Some(MODEL),
        });
    }

    fn tools(&mut self) {
        self.add(&ToolUsage {
            crewai_version: VERSION,
            tool_name: "word_counter",
            attempts: 0,
            llm: Some(MODEL),
            agent_role: Some(ROLE),
            name: Some(""),
            model_name: Some(MODEL),
            model: Some(MODEL),
            top_k: Some(0),
            temperature: Some(0.7),
            class: Some("ChatOpenAI"),
        });
        self.add(&ToolRepeatedUsage {
            crewai_version: VERSION,
            tool_name: "word_counter",
            attempts: 3,
            llm: Some(MODEL),
            name: None,
            model_name: Some(MODEL),
            model: None,
            top_k: None,
            temperature: None,
            class: None,
        });
        self.add(&ToolUsageError {
            crewai_version: VERSION,
            tool_name: Some("word_counter"),
            llm: Some(MODEL),
            agent_role: Some(ROLE),
            name: None,
            model_name: None,
            model: None,
            top_k: None,
            temperature: None,
            class: None,
        });
    }

    fn deployment(&mut self) {
        self.add(&CreateCrewDeployment { crewai_version: Some(VERSION) });
        self.add(&StartDeployment { uuid: Some(ID), crewai_version: Some(VERSION) });
        self.add(&GetCrewLogs { uuid: None, crewai_version: Some(VERSION) });
    }
}
