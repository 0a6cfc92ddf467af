// Mistakes that the compiler finds, each with the line it stands in. `types.test.ts` compares.
import { BY_DEFAULT } from "candor-sdk";
import { InMemory } from "candor-sdk/testing";

import { catalogue, crewCreated, toolUsage, type Agent } from "../catalogues/crewai.js";
import { CREW } from "../support.js";

const telemetry = new InMemory(catalogue, BY_DEFAULT);
const tool = { crewaiVersion: "1", toolName: "search", attempts: 1 };
const agent: Agent = CREW.crewAgents[0]!;

crewCreated(telemetry, CREW); // fine
toolUsage(telemetry, tool); // fine
toolUsage(telemetry, { ...tool, attempts: 1n, model: null }); // fine

toolUsage(telemetry, { ...tool, toolNmae: "x" }); // mistake: unknown attribute
const misspelt = { ...tool, extra: 1 };
toolUsage(telemetry, misspelt); // mistake: unknown key through a variable
toolUsage(telemetry, { ...tool, attempts: "1" }); // mistake: a text for a number
toolUsage(telemetry, { crewaiVersion: "1", toolName: "x" }); // mistake: a required attribute is missing
toolUsage(telemetry, { ...tool, toolName: null }); // mistake: null for a required attribute
toolUsage(telemetry, { ...tool, attempts: true }); // mistake: a boolean for a number
crewCreated(telemetry, { ...CREW, crewProcess: "sequentially" }); // mistake: no member of the enum
crewCreated(telemetry, { ...CREW, crewProcess: "parallel" as string }); // mistake: any text for an enum
crewCreated(telemetry, { ...CREW, platform: "Linux" }); // mistake: opt-in among the defaults
crewCreated(telemetry, { ...CREW, optIn: { platform: "Linux" } }); // mistake: opt-in without a callable
crewCreated(telemetry, { ...CREW, optIn: () => ({ platfrom: "x" }) }); // mistake: unknown attribute behind the channel
crewCreated(telemetry, { ...CREW, optIn: () => ({ cpus: "8" }) }); // mistake: a text for a number behind the channel
crewCreated(telemetry, { ...CREW, crewAgents: [{ ...agent, goal: "x" }] }); // mistake: opt-in among an object's defaults
const nested = { ...CREW, crewAgents: [{ ...agent, nickname: "x" }] };
crewCreated(telemetry, nested); // mistake: unknown key of a nested object through a variable
crewCreated(telemetry, { ...CREW, crewAgents: agent }); // mistake: one object for a list
crewCreated({}, CREW); // mistake: no emitter
