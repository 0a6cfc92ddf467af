/** Collectors that refuse, are slow, answer nonsense or are not there: counters add up, and programs end in time. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";

import { BY_DEFAULT, type Options, type Pipeline, nodeTransport, open } from "candor-sdk";

import { catalogue, crewCreated } from "./catalogues/crewai.js";
import { CREW, Collector } from "./support.js";

const nowhere = () => undefined;

function pipeline(endpoint: string, options: Options = {}): Pipeline {
  const own = { consent: BY_DEFAULT, environment: nowhere, transport: nodeTransport(nowhere), maxAge: 60_000 };
  return open(catalogue, { ...own, endpoint, ...options });
}

function counts(telemetry: Pipeline): number[] {
  const { emitted, sent, dropped, queued } = telemetry.stats();
  assert.equal(emitted, sent + dropped + queued);
  return [emitted, sent, dropped, queued];
}

test("a request that fails for a while is sent again, after the pause that was asked for", async () => {
  const collector = await Collector.listen({ status: 503, headers: { "retry-after": "1" } }, { status: 200 });
  const telemetry = pipeline(collector.url);
  crewCreated(telemetry, CREW);
  const before = Date.now();
  assert.equal(await telemetry.flush(10_000), true);
  assert.ok(Date.now() - before >= 900);
  assert.equal(collector.received.length, 2);
  assert.equal(collector.received[0]?.text, collector.received[1]?.text);
  assert.deepEqual(counts(telemetry), [1, 1, 0, 0]);
  assert.match(telemetry.lastFailure() ?? "", /503/);
  collector.close();
});

test("a request that is refused for good is dropped", async () => {
  const collector = await Collector.listen({ status: 400 });
  const telemetry = pipeline(collector.url);
  crewCreated(telemetry, CREW);
  assert.equal(await telemetry.flush(), true);
  assert.deepEqual([collector.received.length, ...counts(telemetry)], [1, 1, 0, 1, 0]);
  collector.close();
});

test("what a collector rejects of a request counts as dropped", async () => {
  const collector = await Collector.listen({ body: '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}}' });
  const telemetry = pipeline(collector.url);
  for (let count = 0; count < 3; count++) crewCreated(telemetry, CREW);
  assert.equal(await telemetry.flush(), true);
  assert.deepEqual(counts(telemetry), [3, 2, 1, 0]);
  collector.close();
});

test("a shutdown waits no longer than its limit", async () => {
  const collector = await Collector.listen({ after: Infinity });
  const telemetry = pipeline(collector.url, { timeout: 2000 });
  crewCreated(telemetry, CREW);
  const before = Date.now();
  assert.equal(await telemetry.shutdown(300), false);
  assert.ok(Date.now() - before < 1500);
  crewCreated(telemetry, CREW);
  assert.equal(telemetry.stats().emitted, 1);
  collector.close();
});

test("what has no room is dropped and counted", () => {
  const telemetry = pipeline("http://127.0.0.1:9", { capacity: 4000 });
  for (let count = 0; count < 20; count++) crewCreated(telemetry, CREW);
  const [emitted, , dropped] = counts(telemetry);
  assert.ok(emitted === 20 && (dropped ?? 0) > 10, `${dropped}`);
  telemetry.setConsent(0);
});

test("a proxy that cannot be used is not gone around", async () => {
  const collector = await Collector.listen();
  const environment = (name: string) => (name === "http_proxy" ? "socks5://user:hunter2@127.0.0.1:1" : undefined);
  const telemetry = pipeline(collector.url, { transport: nodeTransport(environment) });
  crewCreated(telemetry, CREW);
  await telemetry.flush();
  assert.deepEqual([collector.received.length, ...counts(telemetry)], [0, 1, 0, 1, 0]);
  assert.match(telemetry.lastFailure() ?? "", /`http_proxy` names a proxy that cannot be used/);
  assert.equal(telemetry.lastFailure()?.includes("hunter2"), false);
  collector.close();
});

test("a proxy takes the request with the whole address", async () => {
  const proxy = await Collector.listen();
  const environment = (name: string) => (name === "http_proxy" ? proxy.url : undefined);
  const telemetry = pipeline("http://collector.example:4318", { transport: nodeTransport(environment) });
  crewCreated(telemetry, CREW);
  assert.equal(await telemetry.flush(), true);
  assert.equal(proxy.received[0]?.path, "http://collector.example:4318/v1/traces");
  proxy.close();
});

for (const [what, reply] of [["silent", { after: Infinity }], ["refusing", { status: 503 }], ["fast", {}]] as const) {
  test(`a program ends with its own exit code, ${what} collector`, async () => {
    const collector = await Collector.listen(reply);
    const script = `
      import { open, BY_DEFAULT } from "candor-sdk";
      import { catalogue, crewCreated } from "./catalogues/crewai.js";
      import { CREW } from "./support.js";
      const telemetry = open(catalogue, { consent: BY_DEFAULT, endpoint: ${JSON.stringify(collector.url)} });
      crewCreated(telemetry, CREW);
      process.exitCode = 7;`;
    const env = { PATH: process.env["PATH"] };
    const before = Date.now();
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname, env });
    let said = "";
    child.stderr.on("data", (part) => (said += part));
    const code = await new Promise((resolve) => child.on("exit", resolve));
    assert.equal(code, 7, said);
    assert.ok(Date.now() - before < 5000, "at most a second later, and the time that Node takes to start");
    if (what === "fast") assert.equal(collector.received.length, 1);
    collector.close();
  });
}
