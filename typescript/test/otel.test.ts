/** The filter around OpenTelemetry's own exporter: what hand-written spans may send. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { BY_DEFAULT, OFF, OPTED_IN } from "candor-sdk";
import { Filter, type Exporter } from "candor-sdk/otel";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { createTraceState } from "@opentelemetry/api";

import { catalogue } from "./catalogues/crewai.js";

function spans(consent: number, name: string, attributes: Record<string, never>): [ReadableSpan[], ReadonlyMap<string, number>] {
  const exporter = new InMemorySpanExporter();
  const filter = new Filter<ReadableSpan>(catalogue, () => ({ consent }), exporter as Exporter<ReadableSpan>);
  const resource = resourceFromAttributes({ "service.name": catalogue.service, "host.name": "secret" });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(filter as never)] });
  const span = provider.getTracer("by hand", "9").startSpan(name, { attributes });
  span.addEvent("secret", { secret: "secret" });
  span.setStatus({ code: 2, message: "secret" });
  createTraceState("a=b");
  span.end();
  return [exporter.getFinishedSpans(), filter.stopped()];
}

const AGENT = { key: "0123456789abcdef0123456789abcdef", id: "5f2b8f6e-2d5b-4a0a-9a2b-0c8d4c1e7f3a", role: "r", "verbose?": true, max_iter: 1, "delegation_enabled?": false, tools_names: [], goal: "secret" };
const GIVEN = { crewai_version: "1.15.30", crew_memory: "yes", surprise: 1, platform: "Linux", crew_agents: JSON.stringify([AGENT]) };

test("what the catalogue does not list is stopped and counted, at each consent", () => {
  const [[span], stopped] = spans(BY_DEFAULT, "Crew Created", GIVEN as never);
  assert.ok(span);
  assert.deepEqual(Object.keys(span.attributes), ["crewai_version", "crew_agents"]);
  const { goal: _, ...agent } = AGENT;
  assert.deepEqual(JSON.parse(span.attributes["crew_agents"] as string), [agent]);
  assert.deepEqual([span.events, span.links, span.status], [[], [], { code: 2 }]);
  assert.deepEqual(span.resource.attributes, { "service.name": catalogue.service });
  assert.deepEqual(span.instrumentationScope, { name: "crewai", version: "1.0.0" });
  assert.equal(stopped.get("unknown Crew Created: surprise"), 1);
  assert.equal(stopped.get("value Crew Created: crew_memory"), 1);
  assert.equal(stopped.get("consent Crew Created: platform"), 1);
  assert.equal(JSON.stringify(span.attributes).includes("secret"), false);
  const [[opted]] = spans(OPTED_IN, "Crew Created", GIVEN as never);
  assert.equal(opted?.attributes["platform"], "Linux");
  assert.equal(opted?.attributes["candor.channels"], "opt_in");
});

test("a span that the catalogue does not list, and any while consent is off, does not pass", () => {
  const [tea, stopped] = spans(OPTED_IN, "Tea Break", {});
  assert.deepEqual([tea.length, stopped.get("unknown span Tea Break")], [0, 1]);
  const [none, counted] = spans(OFF, "Crew Created", GIVEN as never);
  assert.deepEqual([none.length, counted.size], [0, 0]);
});
