/** The values that an attribute admits: what a catalogue says of them, made ready to judge. */

import type { Structure } from "./catalogue.js";
import { double as doubleOf, whole } from "./number.js";

/** The values that an attribute admits. */
export type Domain =
  | { readonly is: "text"; readonly most: number; readonly pattern?: Pattern }
  | { readonly is: "boolean" }
  | Whole
  | { readonly is: "double"; readonly minimum: number; readonly maximum: number }
  | { readonly is: "timestamp" }
  | Choice
  | { readonly is: "object"; readonly structure: () => Structure }
  | { readonly is: "list"; readonly item: Domain; readonly most: number }
  | { readonly is: "map"; readonly key: Domain; readonly value: Domain; readonly most: number }
  | { readonly is: "json"; readonly depth: number; readonly most: number };

/** Whole numbers of 64 bits. */
export interface Whole {
  readonly is: "int";
  readonly minimum: bigint;
  readonly maximum: bigint;
  /** The same bounds for numbers that a double holds exactly. */
  readonly least: number;
  readonly greatest: number;
}

/** A member of an enum. A whole number is a `bigint`, any other a `number`. */
export type Scalar = string | boolean | bigint | number;

/** The members of an enum. The last member of an open one stands for every other value. */
export interface Choice {
  readonly is: "choice";
  readonly members: readonly Scalar[];
  readonly open: boolean;
  readonly texts: ReadonlySet<Scalar>;
}

/** An anchored regular expression, compiled when it is first needed. One that does not compile admits nothing. */
export class Pattern {
  #expression: RegExp | null | undefined;

  constructor(readonly source: string) {}

  /** Returns true if the whole text matches. */
  matches(text: string): boolean {
    if (this.#expression === undefined) {
      try {
        this.#expression = new RegExp(this.source, "u");
      } catch {
        this.#expression = null;
      }
    }
    return this.#expression?.test(text) ?? false;
  }
}

export const boolean: Domain = { is: "boolean" };
export const timestamp: Domain = { is: "timestamp" };

/** Texts of so many characters, or of a pattern. */
export function text(most = Infinity, pattern?: string): Domain {
  return pattern === undefined ? { is: "text", most } : { is: "text", most, pattern: new Pattern(pattern) };
}

/** Whole numbers within bounds. */
export function int(minimum = -(2n ** 63n), maximum = 2n ** 63n - 1n): Domain {
  return { is: "int", minimum, maximum, least: Number(minimum), greatest: Number(maximum) };
}

/** Finite numbers within bounds. */
export function double(minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE): Domain {
  return { is: "double", minimum, maximum };
}

/** One of these. */
export function oneOf(members: readonly Scalar[], open = false): Domain {
  return { is: "choice", members, open, texts: new Set(members.filter((member) => typeof member === "string")) };
}

/** A named structure. */
export function object(structure: () => Structure): Domain {
  return { is: "object", structure };
}

/** A list. */
export function list(item: Domain, most = Infinity): Domain {
  return { is: "list", item, most };
}

/** A map whose keys are data, too. */
export function map(key: Domain, value: Domain, most = Infinity): Domain {
  return { is: "map", key, value, most };
}

/** Any JSON value. */
export function json(depth = Infinity, most = Infinity): Domain {
  return { is: "json", depth, most };
}

/** The domain of what lists and maps hold in the end. */
export function innermost(domain: Domain): Domain {
  if (domain.is === "list") return innermost(domain.item);
  return domain.is === "map" ? innermost(domain.value) : domain;
}

/** Returns true if values have named parts, or are lists of such. */
export function isStructured(domain: Domain): boolean {
  if (domain.is === "list") return isStructured(domain.item);
  return domain.is === "object" || domain.is === "map" || domain.is === "json";
}

/** The member that passes for a value, and whether it replaces the value. */
export function admit(choice: Choice, value: unknown): [Scalar, boolean] | undefined {
  const found = choice.members.find((member) => isSame(member, value));
  if (found !== undefined) return [found, false];
  const last = choice.members.at(-1);
  if (!choice.open || last === undefined || !choice.members.some((member) => isAlike(member, value))) return undefined;
  return [last, true];
}

function isSame(member: Scalar, value: unknown): boolean {
  if (typeof member === "bigint") return whole(value) === member;
  if (typeof member === "number") return doubleOf(value) === member;
  return member === value;
}

/** Returns true if a value is of a member's type. Numbers are of one type. */
function isAlike(member: Scalar, value: unknown): boolean {
  if (typeof member === "string") return typeof value === "string";
  return typeof member === "boolean" ? typeof value === "boolean" : doubleOf(value) !== undefined;
}
