/** The constants that generated modules are made of. Nothing here judges a value or sends one. */

import type { Domain } from "./domain.js";
import type { Recorder } from "./recorder.js";

/** The channel of what a catalogue collects by default. */
export const DEFAULT = 0;
/** The channel of what a catalogue collects only after the opt-in. */
export const OPT_IN = 1;
/** The place of an attribute that is the body of its log record. */
export const BODY: unique symbol = Symbol("body");

/** Decides what may pass of one attribute. */
export interface Attribute {
  /** Key in the catalogue. */
  readonly id: string;
  /** Name on the wire where a signal carries it. */
  readonly name: string;
  /** The channel that it needs, as a set. */
  readonly needs: number;
  /** The values that it admits. */
  readonly domain: Domain;
  /** Set if an object or a list goes as JSON text. */
  readonly json: boolean;
  /** Set if a text that is too long is cut. */
  readonly cut: boolean;
  /** Set if null is a value of it. */
  readonly nullable: boolean;
  /** What stands before its value in OTLP's JSON. */
  readonly head: string;
}

/** An attribute as a signal carries it, or as an object's field. */
export interface Member {
  readonly attribute: Attribute;
  /** Name on the wire. */
  readonly name: string;
  /** Set if it must be there. */
  readonly required: boolean;
  /** Set if it is the body of the log record. */
  readonly body: boolean;
}

/** A named structure used as a value. */
export interface Structure {
  readonly id: string;
  readonly record: (out: Recorder, values: never) => void;
  /** Its fields: asked for late, because attributes and objects name each other. */
  readonly members: () => readonly Member[];
}

/** A span or an event. */
export interface Signal {
  readonly kind: "span" | "event";
  readonly id: string;
  /** Name on the wire. */
  readonly name: string;
  /** The channels that it needs, as a set. */
  readonly needs: number;
  readonly members: readonly Member[];
  /** The seconds that pass at least from one to the next; 0 for a signal that is not limited. */
  readonly every: number;
  /** Position of its endpoint. */
  readonly endpoint: number;
  /** The name as JSON. */
  readonly quoted: string;
}

/** A place where signals go. */
export interface Endpoint {
  readonly name: string;
  readonly url: string;
  /** Set for JSON of a program's own, which this runtime does not write. */
  readonly json?: boolean;
}

/** A way to switch everything off. */
export interface OptOut {
  readonly kind: "variable" | "variable_off_when_false" | "flag" | "setting" | "command";
  readonly name: string;
}

/** A permission that the catalogue names. */
export interface Channel {
  readonly name: string;
  readonly number: number;
  readonly title: string;
  readonly brief: string;
  /** The channel itself and what is granted with it, as a set. */
  readonly grants: number;
}

/** A catalogue of everything that a program may report. */
export interface Catalogue {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly service: string;
  readonly endpoints: readonly Endpoint[];
  /** The switch that opts in. */
  readonly optIn?: string;
  readonly optOut: readonly OptOut[];
  readonly installationId?: { readonly attributes: readonly string[]; readonly rotates?: number };
  readonly channels: readonly Channel[];
  /** Set if the program asks first: the question, empty where it has no words of its own. */
  readonly ask?: string;
  readonly signals: readonly Signal[];
  readonly resource: readonly Member[];
  readonly intro?: string;
  readonly rows: readonly { readonly title: string; readonly channels: readonly number[] }[];
}

/** The attributes of the process, with the function that records them. */
export interface Process {
  readonly record: (out: Recorder, values: never) => void;
  readonly values: object;
}

interface AttributeParts {
  id: string;
  needs: number;
  domain: Domain;
  name?: string;
  json?: boolean;
  cut?: boolean;
  nullable?: boolean;
}

/** Defines an attribute; `needs` is the number of its channel. */
export function attribute(parts: AttributeParts): Attribute {
  const { id, needs, domain, name = id, json = false, cut = false, nullable = false } = parts;
  const head = `{"key":${JSON.stringify(name)},"value":`;
  return { id, name, needs: setOf(needs), domain, json, cut, nullable, head };
}

/** An attribute that must be there. */
export function required(attribute: Attribute, place?: string | typeof BODY): Member {
  return member(attribute, place, true);
}

/** An attribute that may be missing. */
export function optional(attribute: Attribute, place?: string | typeof BODY): Member {
  return member(attribute, place, false);
}

function member(attribute: Attribute, place: string | typeof BODY | undefined, required: boolean): Member {
  const body = place === BODY;
  return { attribute, name: typeof place === "string" ? place : attribute.name, required, body };
}

/** Defines an object. */
export function structure<V>(
  id: string,
  record: (out: Recorder, values: V) => void,
  members: () => readonly Member[],
): Structure {
  return { id, record: record as Structure["record"], members };
}

interface SignalParts {
  kind: "span" | "event";
  id: string;
  name: string;
  needs: number;
  members: readonly Member[];
  every?: number;
  endpoint?: number;
}

/** Defines a signal; `needs` is the number of its channel. */
export function signal(parts: SignalParts): Signal {
  const { kind, id, name, needs, members, every = 0, endpoint = 0 } = parts;
  return { kind, id, name, needs: setOf(needs), members, every, endpoint, quoted: JSON.stringify(name) };
}

/** Defines a catalogue. */
export function catalogue(parts: Catalogue): Catalogue {
  return parts;
}

/** The attributes of the process. */
export function process<V extends object>(record: (out: Recorder, values: V) => void, values: V): Process {
  return { record: record as Process["record"], values };
}

/** The set of one channel. */
export function setOf(channel: number): number {
  return 1 << channel;
}
