/** What programs use beside generated modules, in Node and in browsers. */

export * from "./define.js";
export { BY_DEFAULT, OFF, OPTED_IN, channelNames, decide, granting, includes, refusing } from "./consent.js";
export type { Consent, Decision, Layer, Remembered } from "./consent.js";
export type { Why } from "./notes.js";
export { Pipeline } from "./pipeline.js";
export type { Allowance, Memory, Options, Started, Stats } from "./pipeline.js";
export { Unusable } from "./sender.js";
export type { Answer, Transport } from "./sender.js";
export { notice } from "./notice.js";
