/**
 * A filter for OpenTelemetry's own SDK: an exporter of spans around another one, which lets through what a catalogue lists
 * and consent allows. A span is built anew from what is known of it; nothing is passed on because nobody thought of it.
 */

import type { Catalogue, Member, Signal, Structure } from "./catalogue.js";
import { OFF, channelNames, includes } from "./consent.js";
import { isStructured } from "./domain.js";
import { Digits, Members, type Node, parse } from "./json.js";
import { Notes, type Why } from "./notes.js";
import type { Allowance } from "./pipeline.js";
import { MARKER } from "./request.js";
import { type Place, REFUSED, type Written, sift } from "./sieve.js";
import { PLAIN } from "./syntax.js";

/** The part of OpenTelemetry's `SpanExporter` that is used. */
export interface Exporter<S> {
  export(spans: S[], done: (result: { code: number; error?: Error }) => void): void;
  shutdown(): Promise<void>;
  forceFlush?(): Promise<void>;
}

type Attributes = Readonly<Record<string, unknown>>;

/** The part of OpenTelemetry's `ReadableSpan` that is read. */
interface Span {
  readonly name: string;
  readonly kind: unknown;
  readonly startTime: unknown;
  readonly endTime: unknown;
  readonly duration: unknown;
  readonly ended: boolean;
  readonly status: { readonly code: number };
  readonly attributes: Attributes;
  readonly resource: { readonly attributes: Attributes };
  readonly droppedAttributesCount: number;
  spanContext(): { traceId: string; spanId: string; traceFlags: number; isRemote?: boolean };
}

/** Lets through to an exporter what a catalogue lists and consent allows, which is asked for each batch. */
export class Filter<S> implements Exporter<S> {
  readonly #stopped = new Map<string, number>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly allowed: () => Allowance,
    private readonly exporter: Exporter<S>,
  ) {}

  export(spans: S[], done: (result: { code: number; error?: Error }) => void): void {
    const allowance = this.allowed();
    const kept = allowance.consent === OFF ? [] : spans.flatMap((span) => this.#span(allowance, span as Span & S) ?? []);
    if (kept.length === 0) done({ code: 0 });
    else this.exporter.export(kept, done);
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  /** Counts of what was stopped, by reason and place: `unknown span Tea Break`. */
  stopped(): ReadonlyMap<string, number> {
    return this.#stopped;
  }

  #stop(why: Why, what: string): void {
    const key = `${why} ${what}`;
    this.#stopped.set(key, (this.#stopped.get(key) ?? 0) + 1);
  }

  #span(allowance: Allowance, span: Span & S): S | undefined {
    const signal = this.catalogue.signals.find(({ kind, name }) => kind === "span" && name === span.name);
    const held = signal === undefined ? undefined : allowance.held?.get(signal.id);
    if (signal === undefined || held === true || !includes(allowance.consent, signal.needs)) {
      this.#stop(signal === undefined ? "unknown" : "consent", `span ${span.name}`);
      return undefined;
    }
    const notes = new Notes(allowance.consent, held);
    const attributes = this.#attributes(signal, span.attributes, notes);
    for (const [why, path] of notes.list) this.#stop(why, `${signal.name}: ${path}`);
    const { traceId, spanId, traceFlags, isRemote } = span.spanContext();
    const context = { traceId, spanId, traceFlags, ...(isRemote === undefined ? {} : { isRemote }) };
    const { kind, startTime, endTime, duration, ended, status } = span;
    const parents = Object.fromEntries(["parentSpanContext", "parentSpanId"].map((key) => [key, parentOf(span, key)]));
    return {
      name: signal.name,
      ...parents,
      ...{ kind, startTime, endTime, duration, ended, attributes },
      spanContext: () => context,
      status: { code: status.code },
      links: [],
      events: [],
      resource: this.#resource(allowance, span.resource),
      instrumentationScope: { name: this.catalogue.name, version: this.catalogue.version },
      droppedAttributesCount: span.droppedAttributesCount + notes.dropped(),
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    } as unknown as S;
  }

  #attributes(signal: Signal, given: Attributes, notes: Notes): Attributes {
    const own = Object.entries(given).filter(([key]) => key !== MARKER);
    const kept = members(signal.members.filter((member) => !member.body), own, { notes, path: "" });
    const channels = channelNames(this.catalogue, (notes.used | signal.needs) & ~1).join(",");
    return Object.fromEntries(channels === "" ? kept : [...kept, [MARKER, channels]]);
  }

  /** The service that the catalogue is of, and the attributes of the process that it lists. */
  #resource({ consent, heldOfProcess }: Allowance, { attributes: given }: Span["resource"]): object {
    const isService = ([key, value]: [string, unknown]) => key === "service.name" && value === this.catalogue.service;
    const notes = new Notes(consent, heldOfProcess);
    const others = Object.entries(given).filter((entry) => !isService(entry));
    const kept = members(this.catalogue.resource, others, { notes, path: "" });
    const attributes = Object.fromEntries([...Object.entries(given).filter(isService), ...kept]);
    const resource = { attributes, asyncAttributesPending: false, getRawAttributes: () => Object.entries(attributes) };
    return { ...resource, merge: () => resource };
  }
}

/** The parent by its ids alone: no trace state. */
function parentOf(span: object, key: string): unknown {
  const parent = (span as Record<string, unknown>)[key];
  if (typeof parent !== "object" || parent === null) return parent;
  const { traceId, spanId, traceFlags, isRemote } = parent as Record<string, unknown>;
  return { traceId, spanId, traceFlags, isRemote };
}

/** What passes of the attributes that foreign code gave, as OpenTelemetry has values: what has parts is JSON text. */
function members(known: readonly Member[], given: readonly [string, unknown][], at: { notes: Notes; path: string }): [string, unknown][] {
  const kept: [string, unknown][] = [];
  for (const [member, written] of siftMembers(known, given, at).written) {
    const isText = member.attribute.json || isStructured(member.attribute.domain);
    kept.push([member.name, isText ? written : JSON.parse(written)]);
  }
  return kept;
}

/** Judges members by their names on the wire. */
function siftMembers(
  known: readonly Member[],
  given: readonly (readonly [string, unknown])[],
  { notes, path: before }: { notes: Notes; path: string },
): { written: [Member, string][]; isWhole: boolean } {
  const written: [Member, string][] = [];
  const allows = ({ attribute: { id, needs } }: Member) => includes(notes.consent, needs) && !(notes.held?.has(id) ?? false);
  const there = given.filter(([key, value]) => isThere(known, key, value, before === ""));
  there.forEach(([key, value], position) => {
    const path = before + key;
    const member = known.find(({ name }) => name === key);
    if (member === undefined) return notes.note("unknown", path);
    if (!allows(member)) return notes.note("consent", path);
    if (there.slice(position + 1).some(([other]) => other === key)) return notes.note("duplicate", path);
    const text = siftOne(member, value, path, notes, before === "");
    if (typeof text !== "string") return notes.note("value", path);
    notes.used |= member.attribute.needs;
    written.push([member, text]);
  });
  const isMissing = (member: Member) => member.required && allows(member) && !there.some(([key]) => key === member.name);
  const missing = known.filter(isMissing);
  for (const { name } of missing) notes.note("missing", before + name);
  const isWhole = known.every((one) => !one.required || !allows(one) || written.some(([member]) => member === one));
  return { written, isWhole };
}

/** Null is mostly no value, also as the JSON text of an object. */
function isThere(known: readonly Member[], key: string, value: unknown, isOutside: boolean): boolean {
  const attribute = known.find(({ name }) => name === key)?.attribute;
  if (value === undefined || value === null) return false;
  const mayBeJson = isOutside && attribute !== undefined && (attribute.json || isStructured(attribute.domain));
  return !(mayBeJson && typeof value === "string" && value.trim() === "null");
}

function siftOne({ attribute }: Member, value: unknown, path: string, notes: Notes, isOutside: boolean): Written {
  const place: Place = { attribute, path, notes, syntax: PLAIN, object: siftForeign };
  const mayBeJson = isOutside && (attribute.json || isStructured(attribute.domain));
  if (!mayBeJson || typeof value !== "string") return sift(place, attribute.domain, value);
  const node = parse(value);
  if (node === undefined) return attribute.domain.is === "json" ? sift(place, attribute.domain, value) : REFUSED;
  return sift(place, attribute.domain, native(node));
}

/** An object with the members that foreign code gave. */
function siftForeign(place: Place, structure: Structure, value: unknown): Written {
  const given = value instanceof Map ? [...(value as Map<string, unknown>)] : undefined;
  if (given === undefined) return REFUSED;
  const mark = place.notes.mark();
  const { written, isWhole } = siftMembers(structure.members(), given, { notes: place.notes, path: `${place.path}.` });
  if (isWhole) return PLAIN.object(written.map(([member, text]) => PLAIN.member(member.name, text)));
  place.notes.rewind(mark);
  return REFUSED;
}

/** A node as values: objects as maps. A key that is there twice has no one meaning, and the object is refused. */
function native(node: Node): unknown {
  if (node instanceof Digits) return node.value();
  if (node instanceof Members) {
    return node.isTwofold() ? Symbol("twofold") : new Map(node.list.map(([key, inner]) => [key, native(inner)]));
  }
  return Array.isArray(node) ? node.map(native) : node;
}
