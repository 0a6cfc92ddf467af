/** One person, one choice: the file that this runtime writes is the one that a program in Rust reads, and the other way. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { BY_DEFAULT, OFF, OPTED_IN, Store } from "candor-sdk";

import { catalogue } from "./catalogues/notes.js";

/** The example program `notes`, which keeps its choice in the user's folder for settings. */
const NOTES = process.env["NOTES"];

function notes(home: string, ...command: string[]): string {
  const env = { HOME: home, XDG_CONFIG_HOME: home };
  const { status, stdout, stderr } = spawnSync(NOTES ?? "", ["telemetry", ...command], { env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

test("a program in Rust and one in TypeScript share a choice", (context) => {
  if (NOTES === undefined) return context.skip("NOTES names no program");
  const home = mkdtempSync(join(tmpdir(), "candor-"));
  const store = new Store(catalogue, join(home, catalogue.name));
  for (const [word, consent] of [["share", OPTED_IN], ["on", BY_DEFAULT], ["off", OFF]] as const) {
    notes(home, word);
    assert.equal(store.read().choice, consent, store.read().problem);
    assert.equal(store.due(), undefined);
  }
  for (const [said, consent] of [["opted-in", OPTED_IN], ["default", BY_DEFAULT], ["off", OFF]] as const) {
    store.choose(consent);
    assert.match(notes(home, "status"), new RegExp(`^telemetry: ${said} \\(chosen on 20`));
  }
});

test("both write the same bytes, but for the time", (context) => {
  if (NOTES === undefined) return context.skip("NOTES names no program");
  const homes = [1, 2].map(() => mkdtempSync(join(tmpdir(), "candor-")));
  const [rust = "", own = ""] = homes.map((home) => join(home, catalogue.name));
  notes(homes[0] ?? "", "share");
  new Store(catalogue, own).choose(OPTED_IN);
  const [theirs, ours] = [rust, own].map((folder) => {
    const text = readFileSync(join(folder, "telemetry.json"), "utf8");
    return text.replace(/("date"|"fingerprint"): "[^"]*"/g, "$1");
  });
  assert.equal(ours, theirs);
});
