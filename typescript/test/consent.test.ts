/** Every layer and every spelling that decides about consent, and the file that other programs read, too. */

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { BY_DEFAULT, type Catalogue, OFF, OPTED_IN, Pipeline, Store, decide, notice } from "candor-sdk";

import { catalogue as crewai, crewCreated } from "./catalogues/crewai.js";
import { catalogue as core } from "./catalogues/core.js";
import { CREW, Collector } from "./support.js";

const NAMES = new Map([[OFF, "off"], [BY_DEFAULT, "default"], [OPTED_IN, "opted-in"]]);
const folder = () => mkdtempSync(join(tmpdir(), "candor-"));
const FILE = "telemetry.json";

function environment(variables: Record<string, string>) {
  return (name: string) => variables[name];
}

test("every spelling of every opt-out", () => {
  const off = ["1", "true", "TRUE", "yes", "on", "y", "t", " 1 ", "2", "jawohl", "enabled"];
  const on = ["", " ", "0", "false", "FALSE", "no", "off", "n", "f", "disabled", " Off\n"];
  for (const name of ["DO_NOT_TRACK", "OTEL_SDK_DISABLED", "CREWAI_DISABLE_TELEMETRY", "CREWAI_DISABLE_TRACKING"]) {
    for (const [values, consent] of [[off, OFF], [on, OPTED_IN]] as const) {
      for (const value of values) {
        const decision = decide({ catalogue: crewai, explicit: OPTED_IN, environment: environment({ [name]: value }) });
        assert.equal(decision.consent, consent, `${name}=${JSON.stringify(value)}`);
      }
    }
  }
  const reversed: Catalogue = { ...crewai, optOut: [{ kind: "variable_off_when_false", name: "TELEMETRY" }] };
  for (const value of ["1", "true", "YES", "on", "enabled", "0", "no", "perhaps", ""]) {
    const decision = decide({ catalogue: reversed, environment: environment({ TELEMETRY: value }) });
    assert.equal(decision.consent === OFF, ["0", "no", "perhaps", ""].includes(value), value);
  }
});

test("continuous integration is off, unless the application says otherwise", () => {
  for (const name of ["CI", "GITHUB_ACTIONS", "WOODPECKER_CI"]) {
    const asked = { catalogue: crewai, environment: environment({ [name]: "true" }) };
    assert.equal(decide(asked).consent, OFF);
    assert.equal(decide({ ...asked, explicit: BY_DEFAULT }).consent, BY_DEFAULT);
    assert.equal(decide({ ...asked, remembered: { is: "notice due" } }).reason, `${name} says that nobody is here to ask`);
  }
});

test("every state of the store, every setting, and what arrives", async () => {
  const collector = await Collector.listen();
  const agreed: Catalogue = { ...crewai, endpoints: [{ name: "default", url: collector.url }] };
  const states = { "first run": undefined, shown: undefined, off: OFF, on: BY_DEFAULT, share: OPTED_IN };
  const variables = [{}, { CREWAI_DISABLE_TELEMETRY: "yes" }, { GITHUB_ACTIONS: "1" }, { DO_NOT_TRACK: "0" }];
  for (const [state, choice] of Object.entries(states)) {
    for (const explicit of [undefined, OFF, OPTED_IN]) {
      for (const set of variables) {
        const store = new Store(agreed, folder());
        if (choice !== undefined) store.choose(choice);
        else if (state === "shown") store.noticeShown();
        const again = new Store(agreed, store.folder);
        const before = collector.received.length;
        const own = { environment: environment(set), memory: again, transport: (await import("candor-sdk")).nodeTransport(() => undefined) };
        const telemetry = new Pipeline(agreed, explicit === undefined ? own : { ...own, consent: explicit });
        crewCreated(telemetry, CREW);
        await telemetry.flush();
        const { consent, reason } = telemetry.decision();
        const [wanted, why] = expected(state, explicit, set);
        const where = `${state}, ${explicit}, ${JSON.stringify(set)}: ${reason}`;
        assert.deepEqual([NAMES.get(consent), reason.startsWith(why)], [wanted, true], where);
        const arrived = collector.received.slice(before).map(({ text }) => text).join("");
        assert.equal(arrived === "", wanted === "off", where);
        assert.equal(arrived.includes("Linux-6.1"), wanted === "opted-in", where);
      }
    }
  }
  collector.close();
});

function expected(state: string, explicit: number | undefined, set: Record<string, string>): [string, string] {
  if (set["CREWAI_DISABLE_TELEMETRY"] !== undefined) return ["off", "the environment has CREWAI_DISABLE_TELEMETRY=yes"];
  if (explicit !== undefined) return [NAMES.get(explicit) ?? "", "the application set it"];
  const chosen = { off: "off", on: "default", share: "opted-in" }[state];
  if (chosen !== undefined) return [chosen, "chosen on 20"];
  if (set["GITHUB_ACTIONS"] !== undefined) return ["off", "GITHUB_ACTIONS says that nobody is here to ask"];
  return state === "shown" ? ["default", "nobody said otherwise"] : ["off", "the notice was not shown yet"];
}

test("doubt means off, and a notice never replaces it", () => {
  const damaged = ["", "{", "[]", '{"candor": 3}', '{"candor": 2, "catalogues": {"crewai": {"fingerprint": "0"}}}', "\ufeff{}"];
  for (const text of damaged) {
    const store = new Store(crewai, folder());
    writeFileSync(join(store.folder!, FILE), text);
    const { problem, choice } = store.read();
    assert.ok(problem !== undefined && choice === undefined, text);
    assert.equal(store.remember().remembered.is, "doubtful");
    assert.throws(() => store.noticeShown());
    assert.equal(readFileSync(join(store.folder!, FILE), "utf8"), text);
    store.choose(BY_DEFAULT);
    assert.equal(store.read().choice, BY_DEFAULT);
    const others = new Store(core, store.folder).read().problem;
    if (!text.includes("catalogues")) assert.match(others ?? "", /it replaced one that could not be read/);
  }
});

test("a changed byte of the choice is doubt", () => {
  const store = new Store(crewai, folder());
  store.choose(BY_DEFAULT);
  const path = join(store.folder!, FILE);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace('"default"', '"opt_in"'));
  assert.match(store.read().problem ?? "", /was changed/);
  writeFileSync(path, text.replaceAll("\n", " "));
  assert.equal(store.read().choice, BY_DEFAULT);
});

test("files are their owner's, links stay, and what is no file is not opened", () => {
  const store = new Store(crewai, folder());
  const path = join(store.folder!, FILE);
  const real = join(folder(), "real.json");
  symlinkSync(real, path);
  assert.match(store.read().problem ?? "", /link to a file that is not there/);
  store.choose(OPTED_IN);
  assert.equal(store.read().choice, OPTED_IN);
  assert.ok(existsSync(real));
  const other = new Store(crewai, folder());
  mkdirSync(join(other.folder!, FILE));
  assert.match(other.read().problem ?? "", /not a regular file/);
});

test("off deletes what was kept, and an off that cannot be written is one all the same", () => {
  const store = new Store(crewai, folder());
  store.choose(OPTED_IN);
  writeFileSync(join(store.folder!, "telemetry-last-run.json"), "{}");
  store.choose(OFF);
  assert.equal(existsSync(join(store.folder!, "telemetry-last-run.json")), false);
  assert.equal(store.read().choice, OFF);
  if (process.geteuid?.() === 0) return; // nothing is read-only for root
  store.choose(OPTED_IN);
  chmodSync(store.folder!, 0o500);
  store.choose(OFF);
  assert.match(store.read().problem ?? "", /empty/);
  chmodSync(store.folder!, 0o700);
});

test("the notice's own run holds back, the next one does not", () => {
  const store = new Store(crewai, folder());
  assert.deepEqual(store.due(), []);
  store.noticeShown();
  assert.equal(store.remember().remembered.is, "notice in this run");
  assert.equal(new Store(crewai, store.folder).remember().remembered.is, "notice shown");
  assert.equal(new Store(crewai, store.folder).due(), undefined);
});

test("what a later catalogue adds is held back until the user has seen it", () => {
  const [first, ...others] = crewai.signals;
  const [member, ...members] = first!.members;
  const older: Catalogue = { ...crewai, signals: [{ ...first!, members }, ...others.slice(1)] };
  const store = new Store(older, folder());
  store.choose(BY_DEFAULT);
  const later = new Store(crewai, store.folder);
  const { held } = later.remember().held(BY_DEFAULT);
  assert.deepEqual([...(held?.get(first!.id) as Set<string>)], [member!.attribute.id]);
  assert.equal(held?.get(others[0]!.id), true);
  assert.deepEqual(later.due(), [`span ${first!.name}: ${member!.name}`, `span ${others[0]!.name}`, `span ${others[0]!.name}: ${others[0]!.members[0]!.name}`].slice(0, later.due()!.length));
});

test("the notice says where data goes and how to switch it off", () => {
  const text = notice(crewai, ["https://telemetry.example"]);
  assert.match(text, /^CrewAI reports how it is used\./);
  assert.match(text, /Only with `share_crew`: Agent’s Expanded Data/);
  assert.match(text, /It goes to https:\/\/telemetry\.example\.\nTo switch it off, set CREWAI_DISABLE_TELEMETRY=1 or /);
});
