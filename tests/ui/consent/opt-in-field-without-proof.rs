use candor::{Fields, Object, ObjectInfo};
use candor_crewai::{attributes, objects};

struct Careless;

impl Object for Careless {
    const OBJECT: &'static ObjectInfo = &objects::AGENT;

    fn record<F: Fields>(&self, fields: &mut F) {
        fields.optional("goal", &attributes::AGENT_GOAL, "what the agent is for");
    }
}

fn main() {}
