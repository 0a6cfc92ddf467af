/** What arrives at a collector: one truth for the wire, the preview and the counters. */

import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { BY_DEFAULT, OFF, OPTED_IN, Pipeline, nodeTransport, open } from "candor-sdk";
import { InMemory } from "candor-sdk/testing";

import { payloads } from "../../dist/preview.js";
import { catalogue, crewCreated, toolUsage } from "./catalogues/crewai.js";
import { CREW, Collector } from "./support.js";

const nowhere = () => undefined;

function pipeline(collector: Collector, consent = BY_DEFAULT): Pipeline {
  const transport = nodeTransport(nowhere);
  return open(catalogue, { consent, endpoint: collector.url, environment: nowhere, transport, maxAge: 60_000 });
}

test("a signal arrives as the preview says, compressed, with the marker of what it needs", async () => {
  for (const [consent, channels] of [[BY_DEFAULT, undefined], [OPTED_IN, "opt_in"]] as const) {
    const collector = await Collector.listen();
    const telemetry = pipeline(collector, consent);
    crewCreated(telemetry, CREW);
    assert.equal(await telemetry.flush(), true);
    const [request] = collector.received;
    assert.ok(request);
    assert.equal(request.path, "/v1/traces");
    assert.equal(request.headers["content-encoding"], "gzip");
    const [arrived] = payloads(catalogue, "span", request.text).map((text) => JSON.parse(text));
    const preview = JSON.parse(telemetry.preview((emitter) => crewCreated(emitter, CREW)) ?? "{}");
    assert.deepEqual(arrived.attributes, preview.attributes);
    assert.equal(arrived.channels, channels);
    assert.equal(arrived.attributes.platform, consent === OPTED_IN ? "Linux-6.1" : undefined);
    assert.equal(JSON.stringify(arrived).includes("backstory"), consent === OPTED_IN);
    const { emitted, sent, dropped, queued } = telemetry.stats();
    assert.deepEqual({ emitted, sent, dropped, queued }, { emitted: 1, sent: 1, dropped: 0, queued: 0 });
    collector.close();
  }
});

test("`candor validate` accepts every request", async (context) => {
  const candor = process.env["CANDOR"];
  if (candor === undefined) return context.skip("CANDOR names no command");
  const folder = mkdtempSync(join(tmpdir(), "candor-"));
  for (const [name, consent] of [["default", BY_DEFAULT], ["opted-in", OPTED_IN]] as const) {
    const collector = await Collector.listen();
    const telemetry = pipeline(collector, consent);
    for (let count = 0; count < 5; count++) crewCreated(telemetry, CREW);
    await telemetry.flush();
    const file = join(folder, `${name}.otlp.json`);
    writeFileSync(file, collector.received[0]?.text ?? "");
    const given = ["validate", file, "--catalogue", "../schema/crewai", "--consent", name];
    const { status, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(candor, given, { encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.match(stdout, /5 /);
    collector.close();
  }
});

test("without permission, nothing behind a channel is called or read", () => {
  let calls = 0;
  const canary = () => {
    calls += 1;
    return { platform: "Linux" };
  };
  const agent = { ...CREW.crewAgents[0]!, optIn: () => ((calls += 1), { goal: "" }) };
  const values = { ...CREW, crewAgents: [agent], optIn: canary };
  const memory = new InMemory(catalogue);
  crewCreated(memory, values);
  assert.equal(calls, 0);
  memory.assertNothingBeyond("default");
  memory.assertNothingRefused();
  const optedIn = new InMemory(catalogue, OPTED_IN);
  crewCreated(optedIn, values);
  assert.equal(calls, 2);
  assert.throws(() => optedIn.assertNothingBeyond("default"), /sent with data of opt_in/);
  optedIn.assertNothingBeyond("default", "opt_in");
});

test("off builds nothing and sends nothing", async () => {
  const collector = await Collector.listen();
  const telemetry = pipeline(collector, OFF);
  const trap = new Proxy({}, { get: () => assert.fail("read"), ownKeys: () => assert.fail("read") });
  crewCreated(telemetry, trap as never);
  assert.equal(await telemetry.flush(), true);
  assert.deepEqual([collector.received.length, telemetry.stats().emitted], [0, 0]);
  collector.close();
});

test("nothing throws into the host, and a refused value costs itself", () => {
  const memory = new InMemory(catalogue);
  const hostile = {
    ...CREW,
    crewKey: 5,
    crewId: "\ud800",
    crewMemory: "yes",
    crewNumberOfTasks: NaN,
    surprise: 1,
    get crewaiVersion(): string {
      throw new Error("getter");
    },
  };
  for (const values of [hostile, null, undefined, 7, "text", [], new Map()]) {
    crewCreated(memory, values as never);
  }
  const [first, second] = memory.emitted;
  assert.ok(first && second);
  const reasons = first.refused.map(([why, path]) => `${why} ${path}`).sort();
  const value = ["crew_id", "crew_key", "crew_memory", "crew_number_of_tasks", "crewai_version"];
  assert.deepEqual(reasons, ["unknown surprise", ...value.map((name) => `value ${name}`)].sort());
  assert.equal(first.attributes["python_version"], "3.11.2");
  assert.equal(first.droppedAttributesCount, 6);
  assert.equal(memory.emitted.length, 7);
});

test("a value that changes later is not sent", async () => {
  const collector = await Collector.listen();
  const telemetry = pipeline(collector);
  const values = { ...CREW, crewAgents: [{ ...CREW.crewAgents[0]! }] };
  crewCreated(telemetry, values);
  values.pythonVersion = "changed";
  values.crewAgents[0]!.role = "changed";
  await telemetry.flush();
  assert.equal(collector.received[0]?.text.includes("changed"), false);
  collector.close();
});

test("a span lasts, and may fail", async () => {
  const collector = await Collector.listen();
  const telemetry = pipeline(collector);
  const since = telemetry.start();
  await new Promise((resolve) => setTimeout(resolve, 20));
  toolUsage(telemetry, { crewaiVersion: "1.15.30", toolName: "search", attempts: 1 }, { since, failed: true });
  await telemetry.flush();
  const [payload] = payloads(catalogue, "span", collector.received[0]?.text ?? "").map((text) => JSON.parse(text));
  const lasted = BigInt(payload.endTimeUnixNano) - BigInt(payload.startTimeUnixNano);
  assert.ok(lasted > 15_000_000n && lasted < 5_000_000_000n, `${lasted}`);
  assert.deepEqual(payload.status, { code: 2 });
  collector.close();
});

test("less consent than before drops what waits", async () => {
  const collector = await Collector.listen();
  const telemetry = pipeline(collector, OPTED_IN);
  crewCreated(telemetry, CREW);
  telemetry.setConsent(BY_DEFAULT);
  await telemetry.flush();
  const { emitted, sent, dropped, queued } = telemetry.stats();
  assert.deepEqual([collector.received.length, emitted, sent, dropped, queued], [0, 1, 0, 1, 0]);
  collector.close();
});
