/** What generated modules import. */

export * from "./catalogue.js";
export { boolean, double, int, json, list, map, object, oneOf, text, timestamp } from "./domain.js";
export type { Domain } from "./domain.js";
export type { Emitter, How } from "./pipeline.js";
export type { Recorder } from "./recorder.js";
export type { Entries, Exact, Int, Json, Loose, Moment } from "./types.js";
