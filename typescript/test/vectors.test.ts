/** The emitters in TypeScript hear the same vectors as every voice of Rust: values, order, counts and reasons. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Catalogue, Emitter, Signal, Structure } from "candor-sdk";
import { InMemory } from "candor-sdk/testing";

import type { Domain } from "../../dist/domain.js";
import { Digits, Members, parse, type Node } from "../../dist/json.js";
import { shapeOf, type Field, type Shape } from "../../dist/shape.js";

type Tagged = Record<string, unknown>;
type Member = [string, Tagged];

interface Vector {
  signal: string;
  consent: string[];
  members: Member[];
  filtered: { payload: Member[] | null; dropped: number; reasons: { path: string; why: string; count: number }[] };
  skip: Record<string, string>;
}

interface Voice {
  signal: Signal;
  shape: Shape;
  emit: (emitter: Emitter, values: object) => void;
}

const FOLDER = process.env["CANDOR_VECTORS_MADE"] ?? "build/vectors";
/** Reasons that an emitter gives. What needs consent is never looked at, and an object has each key once. */
const SAID = ["unknown", "value", "missing", "cut", "replaced"];
let said = 0;

for (const name of ["core", "demo", "channels", "crewai"]) {
  test(`vectors of ${name}`, async () => {
    const module = (await import(`./catalogues/${name}.js`)) as { catalogue: Catalogue } & Record<string, unknown>;
    const voices = voicesOf(module);
    const differences = new Map<string, [number, string]>();
    let here = 0;
    for (const line of readFileSync(join(FOLDER, name, "vectors.jsonl"), "utf8").trimEnd().split("\n")) {
      const vector = JSON.parse(line) as Vector;
      if (vector.signal === undefined || vector.skip["typescript"] !== undefined) continue;
      const voice = voices.get(vector.signal);
      assert.ok(voice, `no function emits ${vector.signal}`);
      here += 1;
      const heard = hear(module.catalogue, voice, vector);
      const kind = difference(vector, heard);
      if (kind === undefined) continue;
      const [count, example] = differences.get(kind) ?? [0, line];
      const shown = `${line}\n  heard ${JSON.stringify(heard)}`;
      differences.set(kind, [count + 1, count === 0 || line.length < example.length ? shown : example]);
    }
    said += here;
    console.log(`${name}: ${here} vectors said`);
    assert.ok(here > 1000, `${here} vectors`);
    const told = [...differences].map(([kind, [count, example]]) => `${count} × ${kind}\n  such as ${example}`);
    assert.equal(differences.size, 0, told.join("\n"));
  });
}

test("enough was said", () => {
  if (process.env["CANDOR_VECTORS"] === undefined) assert.ok(said >= 10_000, `${said} vectors said`);
});

interface Heard {
  payload: Member[] | null;
  dropped: number;
  reasons: string[];
}

function hear(catalogue: Catalogue, { signal, shape, emit }: Voice, vector: Vector): Heard {
  const memory = new InMemory(catalogue, consentOf(catalogue, vector.consent));
  emit(memory, valuesOf(shape, vector.members));
  const [emitted] = memory.emitted;
  if (emitted === undefined) return { payload: null, dropped: 0, reasons: [] };
  const element = JSON.parse(emitted.element) as {
    attributes: { key: string; value: Otlp }[];
    body?: Otlp;
    droppedAttributesCount?: number;
  };
  const known = new Map(signal.members.map((member) => [member.name, member.attribute]));
  const own = element.attributes.filter(({ key }) => key !== "candor.channels");
  const payload = own.map(({ key, value }): Member => {
    const attribute = known.get(key);
    assert.ok(attribute, key);
    const isText = attribute.json && value.stringValue !== undefined;
    return [key, isText ? typed(attribute.domain, parse(value.stringValue ?? "") ?? null) : untyped(value)];
  });
  const counts = new Map<string, number>();
  for (const [why, path] of emitted.refused) counts.set(`${path} ${why}`, (counts.get(`${path} ${why}`) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} × ${reason}`).sort();
  return { payload, dropped: element.droppedAttributesCount ?? 0, reasons };
}

function difference({ filtered }: Vector, heard: Heard): string | undefined {
  if (filtered.payload === null || heard.payload === null) {
    return filtered.payload === heard.payload ? undefined : "the signal passes, or not";
  }
  const [expected, found] = [filtered.payload, heard.payload].map((members) => JSON.stringify(inOrder({ object: members })));
  if (expected !== found) {
    const keys = new Set([...filtered.payload, ...heard.payload].map(([key]) => key));
    const of = (members: Member[], key: string) => JSON.stringify(inOrder(members.find(([own]) => own === key)?.[1] ?? {}));
    const differing = [...keys].find((key) => of(filtered.payload ?? [], key) !== of(heard.payload ?? [], key));
    return `another value of ${differing}`;
  }
  if (filtered.dropped !== heard.dropped) return "another number of dropped values";
  const reasons = filtered.reasons.filter(({ why }) => SAID.includes(why));
  const wanted = reasons.map(({ path, why, count }) => `${count} × ${path} ${why}`).sort();
  return JSON.stringify(wanted) === JSON.stringify(heard.reasons) ? undefined : "other reasons";
}

/** The functions that emit, by the keys of signals. */
function voicesOf(module: Record<string, unknown>): Map<string, Voice> {
  const voices = new Map<string, Voice>();
  for (const [name, emit] of Object.entries(module)) {
    if (typeof emit !== "function" || name === "resource") continue;
    const listener: Emitter = {
      emit(signal, record) {
        voices.set(signal.id, { signal, shape: shapeOf(record as never), emit: emit as Voice["emit"] });
      },
    };
    (emit as Voice["emit"])(listener, {});
  }
  return voices;
}

function consentOf(catalogue: Catalogue, names: readonly string[]): number {
  const number = (name: string) => (name === "default" ? 0 : name === "opt_in" ? 1 : catalogue.channels.find((one) => one.name === name)?.number);
  return names.reduce((set, name) => set | (1 << (number(name) ?? 31)), 0);
}

/** The object that a program gives: each value under its property, those behind a channel in a callable. */
function valuesOf(shape: Shape, members: readonly Member[]): object {
  const values: Record<string, unknown> = {};
  const groups = new Map<string, Record<string, unknown>>();
  for (const [key, value] of members) {
    const [group, property, field] = placeOf(shape, key);
    const target = group === undefined ? values : (groups.get(group) ?? {});
    if (group !== undefined) groups.set(group, target);
    Object.defineProperty(target, property, { value: native(field?.attribute.domain, value), enumerable: true });
  }
  for (const [name, group] of groups) values[name] = () => group;
  return values;
}

function placeOf(shape: Shape, key: string): [string | undefined, string, Field | undefined] {
  const find = (fields: ReadonlyMap<string, Field>) => [...fields].find(([, field]) => field.name === key && !field.body);
  const own = find(shape.fields);
  if (own !== undefined) return [undefined, ...own];
  for (const [name, { fields }] of shape.groups) {
    const found = find(fields);
    if (found !== undefined) return [name, ...found];
  }
  return [undefined, key, undefined];
}

/** A tagged value as a program has it. */
function native(domain: Domain | undefined, tagged: Tagged): unknown {
  const [tag, inner] = Object.entries(tagged)[0] ?? [];
  switch (tag) {
    case "bool":
      return inner;
    case "int": {
      const exact = BigInt(inner as string);
      return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
    }
    case "double":
      return doubleOf(inner as string);
    case "text":
      return (inner as number[]).map((unit) => String.fromCharCode(unit)).join("");
    case "raw":
      return inner === "-0" && domain?.is !== "json" ? -0 : new Digits(inner as string).value();
    case "list": {
      const item = domain?.is === "list" ? domain.item : undefined;
      return (inner as Tagged[]).map((one) => native(item, one));
    }
    case "object": {
      const pairs = inner as Member[];
      if (domain?.is === "object") return valuesOf(shapeOf((domain.structure() as Structure).record), pairs);
      const value = domain?.is === "map" ? domain.value : undefined;
      return new Map(pairs.map(([key, one]) => [key, native(value, one)]));
    }
    default:
      return null;
  }
}

function doubleOf(bits: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${bits}`));
  return view.getFloat64(0);
}

function bitsOf(double: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, double);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

interface Otlp {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number;
  arrayValue?: { values: Otlp[] };
  kvlistValue?: { values: { key: string; value: Otlp }[] };
}

/** OTLP's value with its tag. */
function untyped(value: Otlp): Tagged {
  if (value.stringValue !== undefined) return text(value.stringValue);
  if (value.boolValue !== undefined) return { bool: value.boolValue };
  if (value.intValue !== undefined) return { int: value.intValue };
  if (value.doubleValue !== undefined) return { double: bitsOf(value.doubleValue) };
  if (value.arrayValue !== undefined) return { list: value.arrayValue.values.map(untyped) };
  if (value.kvlistValue === undefined) return { null: null };
  return { object: value.kvlistValue.values.map((pair): Member => [pair.key, untyped(pair.value)]) };
}

function text(value: string): Tagged {
  return { text: [...Array(value.length).keys()].map((at) => value.charCodeAt(at)) };
}

/** A value of JSON text with the type of its domain. */
function typed(domain: Domain, node: Node): Tagged {
  if (node === null) return { null: null };
  if (typeof node === "boolean") return { bool: node };
  if (typeof node === "string") return text(node);
  if (node instanceof Digits) return typedNumber(domain, node);
  if (node instanceof Members) {
    const of = (key: string): Domain => {
      if (domain.is === "map") return domain.value;
      if (domain.is !== "object") return domain;
      const found = domain.structure().members().find((member) => member.name === key);
      return found?.attribute.domain ?? domain;
    };
    return { object: node.list.map(([key, inner]): Member => [key, typed(of(key), inner)]) };
  }
  return { list: node.map((item) => typed(domain.is === "list" ? domain.item : domain, item)) };
}

function typedNumber(domain: Domain, digits: Digits): Tagged {
  const value = digits.value();
  if (domain.is === "double") return { double: bitsOf(Number(value)) };
  if (domain.is !== "choice") return typeof value === "bigint" ? { int: String(value) } : { double: bitsOf(value) };
  const isSame = (member: unknown) => (typeof member === "bigint" || typeof member === "number") && Number(member) === Number(value);
  const member = domain.members.find(isSame);
  return typeof member === "bigint" ? { int: String(member) } : { double: bitsOf(Number(value)) };
}

/** The same with the members of all objects in the order of their keys. */
function inOrder(tagged: Tagged): Tagged {
  const { list, object } = tagged as { list?: Tagged[]; object?: Member[] };
  if (list !== undefined) return { list: list.map(inOrder) };
  if (object === undefined) return tagged;
  const members = object.map(([key, value]): Member => [key, inOrder(value)]);
  return { object: members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) };
}
