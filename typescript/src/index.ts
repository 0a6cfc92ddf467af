/** Candor in Node. */

import type { Catalogue } from "./catalogue.js";
import { nodeTransport } from "./node.js";
import { type Options, Pipeline } from "./pipeline.js";

export * from "./common.js";
export { nodeTransport } from "./node.js";
export { Store } from "./stored.js";
export type { Stored } from "./stored.js";

const environment = (name: string) => process.env[name];

/** The milliseconds that the end of a program waits for what is queued. */
const LAST_WAIT = 1000;

/** Opens the pipeline of a catalogue. What waits when the program has nothing else to do is sent, for a second at most. */
export function open(catalogue: Catalogue, options: Options = {}): Pipeline {
  const pipeline = new Pipeline(catalogue, { transport: nodeTransport(environment), environment, ...options });
  process.once("beforeExit", () => void pipeline.shutdown(LAST_WAIT));
  return pipeline;
}
