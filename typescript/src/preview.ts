/** The payload form of signals, read from the very bytes that are sent. */

import type { Attribute, Catalogue, Member, Signal } from "./catalogue.js";
import { KINDS, MARKER } from "./request.js";
import { PLAIN } from "./syntax.js";

interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number;
  arrayValue?: { values: AnyValue[] };
  kvlistValue?: { values: KeyValue[] };
}

interface KeyValue {
  key: string;
  value: AnyValue;
}

interface Element {
  name?: string;
  eventName?: string;
  timeUnixNano?: string;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  traceId?: string;
  spanId?: string;
  attributes: KeyValue[];
  droppedAttributesCount?: number;
  status?: { code: number };
  body?: AnyValue;
}

interface Group {
  resource: { attributes: KeyValue[]; droppedAttributesCount?: number };
  [scopes: string]: unknown;
}

/** The payloads in a request, as JSON texts. */
export function payloads(catalogue: Catalogue, kind: Signal["kind"], request: string): string[] {
  const facts = KINDS[kind];
  const groups = (JSON.parse(request) as Record<string, Group[]>)[facts.groups] ?? [];
  return groups.flatMap((group) => {
    const scopes = (group[facts.scopes] ?? []) as Record<string, Element[]>[];
    const elements = scopes.flatMap((scope) => scope[facts.elements] ?? []);
    return elements.map((element) => payload(catalogue, kind, element, group.resource));
  });
}

function payload(catalogue: Catalogue, kind: Signal["kind"], element: Element, resource: Group["resource"]): string {
  const name = element.name ?? element.eventName ?? "";
  const signal = catalogue.signals.find((one) => one.kind === kind && one.name === name);
  const parts = [`"kind":"${kind}"`, `"name":${JSON.stringify(name)}`];
  for (const key of ["timeUnixNano", "startTimeUnixNano", "endTimeUnixNano", "traceId", "spanId"] as const) {
    if (element[key] !== undefined) parts.push(`"${key}":"${element[key]}"`);
  }
  const marker = element.attributes.find(({ key }) => key === MARKER)?.value.stringValue;
  if (marker !== undefined) parts.push(`"channels":${JSON.stringify(marker)}`);
  const own = element.attributes.filter(({ key }) => key !== MARKER);
  const members = signal?.members ?? [];
  parts.push(`"attributes":${attributes(members.filter((member) => !member.body), own)}`);
  const body = members.find((member) => member.body);
  if (element.body !== undefined) parts.push(`"body":${plain(element.body, body?.attribute)}`);
  const listed = resource.attributes.filter(({ key }) => key !== "service.name");
  if (listed.length > 0) parts.push(`"resource":${attributes(catalogue.resource, listed)}`);
  const dropped = (element.droppedAttributesCount ?? 0) + (resource.droppedAttributesCount ?? 0);
  if (dropped > 0) parts.push(`"droppedAttributesCount":${dropped}`);
  if (element.status !== undefined) parts.push(`"status":{"code":${element.status.code}}`);
  return `{${parts.join(",")}}`;
}

function attributes(members: readonly Member[], own: readonly KeyValue[]): string {
  const of = (key: string) => members.find((member) => member.name === key)?.attribute;
  return PLAIN.object(own.map(({ key, value }) => PLAIN.member(key, plain(value, of(key)))));
}

/** A value as JSON; what goes as JSON text is that text. */
export function plain(value: AnyValue, attribute?: Attribute): string {
  if (value.stringValue !== undefined) return attribute?.json === true ? value.stringValue : PLAIN.text(value.stringValue);
  if (value.boolValue !== undefined) return PLAIN.boolean(value.boolValue);
  if (value.intValue !== undefined) return value.intValue;
  if (value.doubleValue !== undefined) return PLAIN.double(value.doubleValue);
  if (value.arrayValue !== undefined) return PLAIN.list(value.arrayValue.values.map((item) => plain(item)));
  if (value.kvlistValue === undefined) return PLAIN.nothing;
  return PLAIN.object(value.kvlistValue.values.map((pair) => PLAIN.member(pair.key, plain(pair.value))));
}
