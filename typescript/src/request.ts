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
  const marker = markerOf(catalogue, notes.used | signal.needs);
  if (marker !== "") out.members.push(marker);
  const name = signal.quoted;
  const dropped = notes.list.length > 0 ? notes.dropped() : 0;
  const counted = dropped > 0 ? `,"droppedAttributesCount":${dropped}` : "";
  const attributes = `"attributes":[${out.members.join(",")}]${counted}`;
  if (signal.kind === "event") {
    const body = out.body === undefined ? "" : `"body":${out.body},`;
    return flat(['{"timeUnixNano":"', stamp.end, '","eventName":', name, ",", body, attributes, "}"]);
  }
  const status = stamp.failed ? ',"status":{"code":2}' : "";
  const ids = ['{"traceId":"', randomHex(16), '","spanId":"', randomHex(8)];
  const times = ['","name":', name, ',"kind":1,"startTimeUnixNano":"', stamp.start, '","endTimeUnixNano":"', stamp.end, '",'];
  return flat([...ids, ...times, attributes, status, "}"]);
}

/** One string in one piece: what waits in a queue is not a tree of its parts. */
function flat(parts: readonly string[]): string {
  return parts.join("");
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

const POOL = 4096;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const ZEROS = "0".repeat(32);
let pool = "";
let position = 0;

/** So many random bytes in hexadecimal; never only zeros. */
export function randomHex(bytes: number): string {
  if (position + 2 * bytes > pool.length) {
    const parts: string[] = [];
    for (const byte of globalThis.crypto.getRandomValues(new Uint8Array(POOL))) parts.push(HEX[byte] ?? "");
    pool = parts.join("");
    position = 0;
  }
  const text = pool.slice(position, (position += 2 * bytes));
  return text === ZEROS.slice(0, 2 * bytes) ? randomHex(bytes) : text;
}

/** Markers by the sets that they are of. A catalogue has few. */
const markers = new WeakMap<Catalogue, Map<number, string>>();

/** The attribute that names the channels of a set beyond `default`; empty where there are none. */
function markerOf(catalogue: Catalogue, needs: number): string {
  let own = markers.get(catalogue);
  if (own === undefined) markers.set(catalogue, (own = new Map<number, string>()));
  let marker = own.get(needs);
  if (marker === undefined) {
    const names = channelNames(catalogue, needs & ~1).join(",");
    marker = names === "" ? "" : OTLP.member(MARKER, OTLP.text(names));
    own.set(needs, marker);
  }
  return marker;
}
