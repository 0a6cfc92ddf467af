/** Telemetry in memory, for the tests of programs. */

import type { Catalogue, Signal } from "./catalogue.js";
import { BY_DEFAULT, type Consent, includes } from "./consent.js";
import { Notes, type Why } from "./notes.js";
import type { Emitter, How } from "./pipeline.js";
import { payloads } from "./preview.js";
import type { Recorder } from "./recorder.js";
import { element, requestOf, resourceOf } from "./request.js";

/** One signal as it would have been sent. */
export interface Emitted {
  readonly kind: Signal["kind"];
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The channels that it needs beyond `default`. */
  readonly channels?: string;
  readonly droppedAttributesCount?: number;
  /** The payload as JSON. */
  readonly payload: string;
  /** The signal as it stands in a request. */
  readonly element: string;
  /** What did not pass as it was given: the reason and the place. */
  readonly refused: readonly (readonly [Why, string])[];
}

/** Keeps signals in memory. */
export class InMemory implements Emitter {
  readonly emitted: Emitted[] = [];

  constructor(
    readonly catalogue: Catalogue,
    readonly consent: Consent = BY_DEFAULT,
  ) {}

  emit<V extends object>(signal: Signal, record: (out: Recorder, values: V) => void, values: V, how?: How): void {
    if (this.consent === 0 || !includes(this.consent, signal.needs) || !this.catalogue.signals.includes(signal)) return;
    const notes = new Notes(this.consent);
    const stamp = { start: "1", end: "1", failed: how?.failed ?? false };
    const text = element(this.catalogue, signal, record as never, values, stamp, notes);
    const request = requestOf(this.catalogue, signal.kind, resourceOf(this.catalogue, undefined, this.consent), [text]);
    const payload = payloads(this.catalogue, signal.kind, request)[0] ?? "{}";
    const read = JSON.parse(payload) as Emitted;
    this.emitted.push({ ...read, payload, element: text, refused: notes.list });
  }

  /** The signals of one name. */
  named(name: string): Emitted[] {
    return this.emitted.filter((emitted) => emitted.name === name);
  }

  /**
   * Fails if anything was sent beyond a set of channels, by name: `assertNothingBeyond("default")`. An attribute that needs
   * another channel is named.
   */
  assertNothingBeyond(...channels: string[]): void {
    for (const { kind, name, channels: needed } of this.emitted) {
      const beyond = (needed ?? "").split(",").filter((one) => one !== "" && !channels.includes(one));
      if (beyond.length > 0) throw new Error(`${kind} ${name} was sent with data of ${beyond.join(", ")}`);
    }
  }

  /** Fails if a value did not pass as it was given. */
  assertNothingRefused(): void {
    for (const { kind, name, refused } of this.emitted) {
      const [first] = refused;
      if (first !== undefined) throw new Error(`${kind} ${name}: \`${first[1]}\` was refused (${first[0]})`);
    }
  }
}
