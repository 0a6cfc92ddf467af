/** How values are written: as OTLP's JSON, or as plain JSON. */

import { doubleText, jsonNumber } from "./number.js";

/** Writes values whose parts were written already. */
export interface Syntax {
  readonly nothing: string;
  text(value: string): string;
  boolean(value: boolean): string;
  /** A whole number, by its digits. */
  int(digits: string): string;
  double(value: number): string;
  list(items: readonly string[]): string;
  object(members: readonly string[]): string;
  member(key: string, value: string): string;
}

/** OTLP's `AnyValue`. */
export const OTLP: Syntax = {
  nothing: "{}",
  text: (value) => `{"stringValue":${JSON.stringify(value)}}`,
  boolean: (value) => (value ? '{"boolValue":true}' : '{"boolValue":false}'),
  int: (digits) => `{"intValue":"${digits}"}`,
  double: (value) => `{"doubleValue":${jsonNumber(value)}}`,
  list: (items) => `{"arrayValue":{"values":[${items.join(",")}]}}`,
  object: (members) => `{"kvlistValue":{"values":[${members.join(",")}]}}`,
  member: (key, value) => `{"key":${JSON.stringify(key)},"value":${value}}`,
};

/** Plain JSON, as it stands inside a text. */
export const PLAIN: Syntax = {
  nothing: "null",
  text: (value) => JSON.stringify(value),
  boolean: (value) => String(value),
  int: (digits) => digits,
  double: doubleText,
  list: (items) => `[${items.join(",")}]`,
  object: (members) => `{${members.join(",")}}`,
  member: (key, value) => `${JSON.stringify(key)}:${value}`,
};
