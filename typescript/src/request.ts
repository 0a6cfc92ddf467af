/** Signals as OTLP's JSON, and the requests that they go in. */

import type { Catalogue, Process, Signal } from "./catalogue.js";
import { channelNames } from "./consent.js";
import { Notes } from "./notes.js";
import { Recorder } from "./recorder.js";
import { OTLP } from "./syntax.js";

/** The name of the attribute that says which channels a signal needs beyond `default`. */
export const MARKER = "candor.channels";

/** The times of a signal, in nanoseconds since 1970, and whether it failed. */
export interface Stamp {
  readonly start: string;
  readonly end: string;
  readonly failed: boolean;
}

/** What OTLP says of one kind of signal. */
export const KINDS = {
  span: { path: "/v1/traces", groups: "resourceSpans", scopes: "scopeSpans", elements: "spans", rejected: "rejectedSpans" },
  event: {
    path: "/v1/logs",
    groups: "resourceLogs",
    scopes: "scopeLogs",
    elements: "logRecords",
    rejected: "rejectedLogRecords",
  },
} as const;

/** One signal, written as it goes out. */
export function element(
  catalogue: Catalogue,
  signal: Signal,
  record: (out: Recorder, values: never) => void,
  values: object,
  stamp: Stamp,
  notes: Notes,
): string {
  const out = new Recorder(notes);
  const given: unknown = values;
  const object = typeof given === "object" && given !== null ? given : {};
  out.record(record as (out: Recorder, values: object) => void, object);
  const marker = channelNames(catalogue, (notes.used | signal.needs) & ~1).join(",");
  if (marker !== "") out.members.push(OTLP.member(MARKER, OTLP.text(marker)));
  const name = JSON.stringify(signal.name);
  const dropped = notes.list.length > 0 ? notes.dropped() : 0;
  const counted = dropped > 0 ? `,"droppedAttributesCount":${dropped}` : "";
  const attributes = `"attributes":[${out.members.join(",")}]${counted}`;
  if (signal.kind === "event") {
    const body = out.body === undefined ? "" : `"body":${out.body},`;
    return `{"timeUnixNano":"${stamp.end}","eventName":${name},${body}${attributes}}`;
  }
  const status = stamp.failed ? ',"status":{"code":2}' : "";
  const ids = `"traceId":"${randomHex(16)}","spanId":"${randomHex(8)}"`;
  const times = `"startTimeUnixNano":"${stamp.start}","endTimeUnixNano":"${stamp.end}"`;
  return `{${ids},"name":${name},"kind":1,${times},${attributes}${status}}`;
}

/** The attributes of the process, as the inside of a `Resource`. */
export function resourceOf(
  catalogue: Catalogue,
  process: Process | undefined,
  consent: number,
  held?: ReadonlySet<string>,
): string {
  const notes = new Notes(consent, held);
  const out = new Recorder(notes);
  const service = OTLP.member("service.name", OTLP.text(catalogue.service));
  let missing = 0;
  if (process !== undefined) {
    out.record(process.record as (out: Recorder, values: object) => void, process.values);
  } else {
    missing = catalogue.resource.filter(({ required, attribute: { needs } }) => required && (needs & ~consent) === 0).length;
  }
  const dropped = notes.dropped() + missing;
  const counted = dropped > 0 ? `,"droppedAttributesCount":${dropped}` : "";
  return `{"attributes":[${[service, ...out.members].join(",")}]${counted}}`;
}

/** A request with these elements. */
export function requestOf(catalogue: Catalogue, kind: Signal["kind"], resource: string, elements: readonly string[]): string {
  const facts = KINDS[kind];
  const scope = `{"name":${JSON.stringify(catalogue.name)},"version":${JSON.stringify(catalogue.version)}}`;
  const scopes = `[{"scope":${scope},"${facts.elements}":[${elements.join(",")}]}]`;
  return `{"${facts.groups}":[{"resource":${resource},"${facts.scopes}":${scopes}}]}`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const pool = new Uint8Array(4096);
let position = pool.length;

/** So many random bytes in hexadecimal; never only zeros. */
export function randomHex(bytes: number): string {
  if (position + bytes > pool.length) {
    globalThis.crypto.getRandomValues(pool);
    position = 0;
  }
  let text = "";
  let sum = 0;
  for (const end = position + bytes; position < end; position++) {
    const byte = pool[position] ?? 0;
    sum |= byte;
    text += HEX[byte];
  }
  return sum === 0 ? randomHex(bytes) : text;
}
