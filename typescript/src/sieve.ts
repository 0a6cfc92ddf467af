/**
 * The sieve: every value passes here before it is written. A refused item costs the item; a refused or missing field that
 * an object cannot do without costs the object, which then counts once, whatever was refused inside it.
 */

import type { Attribute, Structure } from "./catalogue.js";
import { type Choice, type Domain, type Scalar, type Whole, admit } from "./domain.js";
import { whole, double as doubleOf } from "./number.js";
import type { Notes } from "./notes.js";
import { Recorder } from "./recorder.js";
import { PLAIN, type Syntax } from "./syntax.js";
import { count, firstCharacters, isLonger, isTimestamp, isWhole, moment } from "./text.js";

/** What becomes of a value: its text, or that there is none, or that it is refused. */
export type Written = string | typeof ABSENT | typeof REFUSED;
export const ABSENT = null;
export const REFUSED = undefined;

/** Everything that a value is judged by. */
export interface Place {
  readonly attribute: Attribute;
  readonly path: string;
  readonly notes: Notes;
  readonly syntax: Syntax;
  /** Judges an object that foreign code gave, by the names on the wire. */
  readonly object?: (place: Place, structure: Structure, value: unknown) => Written;
}

/** A program may have lists that are longer than anything that could be looked at. */
const MOST_LOOKED_AT = 100_000;

/** Judges one value and writes what passes of it. */
export function sift(place: Place, domain: Domain, value: unknown): Written {
  if (value === undefined || value === null) return ABSENT;
  switch (domain.is) {
    case "text":
      return typeof value === "string" ? siftText(place, domain, value) : REFUSED;
    case "boolean":
      return typeof value === "boolean" ? place.syntax.boolean(value) : REFUSED;
    case "int":
      return siftInt(place, domain, value);
    case "double": {
      const number = doubleOf(value);
      const isInside = number !== undefined && number >= domain.minimum && number <= domain.maximum;
      return isInside ? place.syntax.double(number) : REFUSED;
    }
    case "timestamp": {
      const text = moment(value);
      return typeof text === "string" && isTimestamp(text) ? place.syntax.text(text) : REFUSED;
    }
    case "choice":
      return siftChoice(place, domain, value);
    case "object":
      if (place.object !== undefined) return place.object(place, domain.structure(), value);
      return siftObject(place, domain.structure().record, value);
    case "list":
      return Array.isArray(value) ? siftList(place, domain, value) : REFUSED;
    case "map":
      return siftMap(place, domain, value);
    case "json": {
      const text = writeJson(value, Math.min(domain.depth, 128), place.syntax);
      return text !== undefined && jsonLength(value, domain.most) <= domain.most ? text : REFUSED;
    }
  }
}

function siftText(place: Place, domain: Domain & { is: "text" }, value: string): Written {
  if (!isWhole(value)) return REFUSED;
  const { most, pattern } = domain;
  if (isLonger(value, most)) {
    if (pattern !== undefined || !place.attribute.cut) return REFUSED;
    place.notes.note("cut", place.path);
    return place.syntax.text(firstCharacters(value, most));
  }
  return pattern === undefined || pattern.matches(value) ? place.syntax.text(value) : REFUSED;
}

function siftInt(place: Place, domain: Whole, value: unknown): Written {
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    const isInside = value >= domain.least && value <= domain.greatest;
    return isInside ? place.syntax.int(String(value)) : REFUSED;
  }
  const exact = whole(value);
  const isInside = exact !== undefined && exact >= domain.minimum && exact <= domain.maximum;
  return isInside ? place.syntax.int(String(exact)) : REFUSED;
}

function siftChoice(place: Place, domain: Choice, value: unknown): Written {
  if (typeof value === "string" && domain.texts.has(value)) return place.syntax.text(value);
  if (typeof value === "string" && !isWhole(value)) return REFUSED;
  const admitted = admit(domain, value);
  if (admitted === undefined) return REFUSED;
  const [member, isReplaced] = admitted;
  if (isReplaced) place.notes.note("replaced", place.path);
  return writeScalar(member, place.syntax);
}

function writeScalar(member: Scalar, syntax: Syntax): string {
  if (typeof member === "string") return syntax.text(member);
  if (typeof member === "boolean") return syntax.boolean(member);
  return typeof member === "bigint" ? syntax.int(String(member)) : syntax.double(member);
}

/** Keeps the items that pass. Items beyond the longest list count once, all together. */
function siftList(place: Place, domain: Domain & { is: "list" }, items: readonly unknown[]): Written {
  const { notes, path } = place;
  const kept: string[] = [];
  const end = Math.min(items.length, MOST_LOOKED_AT);
  for (let at = 0; at < end; at++) {
    let item: unknown;
    let written: Written = REFUSED;
    try {
      item = items[at];
      if (item === undefined || item === null) continue;
      if (kept.length >= domain.most) {
        notes.note("value", path);
        break;
      }
      written = sift(place, domain.item, item);
    } catch {
      written = REFUSED;
    }
    if (typeof written === "string") kept.push(written);
    else notes.note("value", path);
  }
  if (items.length > end) notes.note("value", path);
  return place.syntax.list(kept);
}

/** Keeps the entries that pass. Entries beyond the largest map count once, all together. */
function siftMap(place: Place, domain: Domain & { is: "map" }, value: unknown): Written {
  const { notes, path, syntax } = place;
  const keys = keysOf(value);
  if (keys === undefined) return REFUSED;
  const ofKey: Place = { ...place, attribute: { ...place.attribute, cut: false }, syntax: PLAIN };
  const kept: string[] = [];
  for (const key of keys) {
    let written: Written = REFUSED;
    try {
      const inner = valueOf(value, key);
      if (inner === undefined || inner === null) continue;
      if (kept.length >= domain.most) {
        notes.note("value", path);
        break;
      }
      const isKey = typeof key === "string" && isAdmittedKey(ofKey, domain.key, key);
      written = isKey ? sift(place, domain.value, inner) : REFUSED;
    } catch {
      written = REFUSED;
    }
    if (typeof written === "string") kept.push(syntax.member(key as string, written));
    else notes.note("value", path);
  }
  return syntax.object(kept);
}

/** Keys are members of an enum, or texts inside their bounds: nothing is cut or replaced there. */
function isAdmittedKey(place: Place, domain: Domain, key: string): boolean {
  if (domain.is === "choice") return domain.texts.has(key);
  return typeof sift(place, domain, key) === "string";
}

/** The keys of a map or a plain object. */
function keysOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value instanceof Map ? [...value.keys()] : Object.keys(value);
}

function valueOf(value: unknown, key: unknown): unknown {
  return value instanceof Map ? value.get(key) : (value as Record<string, unknown>)[key as string];
}

function siftObject(place: Place, record: (out: Recorder, values: never) => void, value: unknown): Written {
  if (typeof value !== "object" || Array.isArray(value) || value instanceof Map) return REFUSED;
  const { notes, path, syntax } = place;
  const mark = notes.mark();
  const fields = Recorder.ofObject(notes, path, syntax);
  fields.record(record as (out: Recorder, values: object) => void, value as object);
  if (fields.isWhole) return syntax.object(fields.members);
  notes.rewind(mark);
  return REFUSED;
}

/** Writes any JSON value; `undefined` if it is none, or too deep. */
function writeJson(value: unknown, depth: number, syntax: Syntax): string | undefined {
  switch (typeof value) {
    case "string":
      return isWhole(value) ? syntax.text(value) : undefined;
    case "boolean":
      return syntax.boolean(value);
    case "number":
      if (!Number.isFinite(value)) return undefined;
      return isPlainWhole(value) ? syntax.int(String(value)) : syntax.double(value);
    case "bigint": {
      if (whole(value) !== undefined) return syntax.int(String(value));
      const nearest = doubleOf(value);
      return nearest === undefined ? undefined : syntax.double(nearest);
    }
    case "object":
      if (value === null) return syntax.nothing;
      return depth > 0 ? writeParts(value, depth - 1, syntax) : undefined;
    default:
      return undefined;
  }
}

/** A number that JavaScript writes without point and exponent, and holds exactly. */
function isPlainWhole(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function writeParts(value: object, depth: number, syntax: Syntax): string | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => writeJson(item ?? null, depth, syntax));
    return items.every((item) => item !== undefined) ? syntax.list(items) : undefined;
  }
  const members: string[] = [];
  for (const [key, inner] of membersOf(value) ?? [[0, 0]]) {
    const written = typeof key === "string" && isWhole(key) ? writeJson(inner, depth, syntax) : undefined;
    if (written === undefined) return undefined;
    members.push(syntax.member(key as string, written));
  }
  return syntax.object(members);
}

/** The members of a map or a plain object that are there; `undefined` for anything else, such as a `Date`. */
function membersOf(value: object): [unknown, unknown][] | undefined {
  if (value instanceof Map) return [...value];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return undefined;
  return Object.entries(value).filter(([, inner]) => inner !== undefined);
}

/** The characters of a value's JSON text. Of control characters, only those with a short escape of Rust's have one. */
function jsonLength(value: unknown, most: number): number {
  if (most === Infinity) return 0;
  const text = writeJson(value, 128, MEASURED) ?? "";
  return count(text);
}

const MEASURED: Syntax = {
  ...PLAIN,
  text: (value) => lengthened(value),
  member: (key, value) => `${lengthened(key)}:${value}`,
};

function lengthened(text: string): string {
  return JSON.stringify(text).replace(/\\(?:\\|[bf])/g, (escape) => (escape === "\\\\" ? escape : `${escape}0000`));
}
