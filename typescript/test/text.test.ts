/** Numbers and lengths as Rust writes and counts them, where two texts mean the same and only one is right. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { OPTED_IN } from "candor-sdk";
import { InMemory } from "candor-sdk/testing";

import { doubleText } from "../../dist/number.js";
import { catalogue, extras } from "./catalogues/core.js";

test("doubles in JSON text have a point or an exponent", () => {
  const doubles = [-0, 0, 3, -1.5e-300, Number.MAX_VALUE, 1e16, 9999999999999998, 0.0001, 0.00001, 1e21];
  const texts = ["-0.0", "0.0", "3.0", "-1.5e-300", "1.7976931348623157e308", "1e16", "9999999999999998.0", "0.0001", "1e-5", "1e21"];
  assert.deepEqual(doubles.map(doubleText), texts);
});

test("a JSON value is as long as its text: 40 characters at most, and every control character has six", () => {
  const passes = (extra: string | readonly string[]) => {
    const memory = new InMemory(catalogue, OPTED_IN);
    extras(memory, { extra });
    return memory.emitted[0]?.refused.length === 0;
  };
  const edges = { a: [38, 39], "\n": [19, 20], "\b": [6, 7], "\f": [6, 7], "\u0001": [6, 7], "\\": [19, 20], "😀": [38, 39] };
  for (const [character, [most = 0, more = 0]] of Object.entries(edges)) {
    assert.deepEqual([passes(character.repeat(most)), passes(character.repeat(more))], [true, false], JSON.stringify(character));
  }
  assert.equal(passes(["\\b".repeat(8), ""]), true);
});
