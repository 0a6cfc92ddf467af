/**
 * The pipeline: a program emits, requests go out in the background. A signal is filtered and written at emit; nothing else
 * is kept of it, so what changes later is not sent. Emitting never waits and never throws.
 */

import { type Catalogue, OPT_IN, type OptOut, type Process, type Signal, setOf } from "./catalogue.js";
import {
  type Consent,
  type Decision,
  OFF,
  type Remembered,
  decide,
  granting,
  includes,
  isVariable,
  refusing,
  tidied,
} from "./consent.js";
import { Notes, REASONS, type Why, isDropped } from "./notes.js";
import { payloads } from "./preview.js";
import type { Recorder } from "./recorder.js";
import { type Stamp, element, requestOf, resourceOf } from "./request.js";
import { Sender, type Transport } from "./sender.js";

/** What may be sent, less what the user has not agreed to yet. */
export interface Allowance {
  readonly consent: Consent;
  /** By the keys of signals: `true` for one that is held back, or the keys of attributes. */
  readonly held?: ReadonlyMap<string, true | ReadonlySet<string>>;
  /** The keys of attributes of the process that are held back. */
  readonly heldOfProcess?: ReadonlySet<string>;
}

/** How a signal goes out. */
export interface How {
  /** The start of a span that lasts: what {@link Pipeline.start} gave. */
  readonly since?: Started;
  /** Set if what the span is about failed. */
  readonly failed?: boolean;
}

/** The start of a span. */
export interface Started {
  /** Milliseconds since 1970. */
  readonly wall: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: number;
}

/** Takes signals from generated code. */
export interface Emitter {
  emit<V extends object>(signal: Signal, record: (out: Recorder, values: V) => void, values: V, how?: How): void;
}

/** What remembers the user's choice. A browser's program has none unless it brings one. */
export interface Memory {
  /** What is remembered, and what of the catalogue goes beyond the user's agreement at a consent. */
  remember(): { remembered: Remembered; promised: readonly OptOut[]; held(consent: Consent): Omit<Allowance, "consent"> };
}

/** What a program sets. */
export interface Options {
  /** The application's own decision; the user's environment still comes first. */
  readonly consent?: Consent;
  /** Single channels by their numbers: on or off, whatever the user chose. Nothing is switched on while all is off. */
  readonly channels?: Readonly<Record<number, boolean>>;
  /** The flags, settings and commands of the catalogue that are off. */
  readonly switches?: readonly OptOut[];
  /** An address in place of that of the first endpoint; or addresses by the names of endpoints. */
  readonly endpoint?: string | Readonly<Record<string, string>>;
  readonly transport?: Transport;
  readonly memory?: Memory;
  readonly process?: Process;
  /** Characters that may wait in each batch. */
  readonly capacity?: number;
  /** Milliseconds that a signal waits at most before it is sent. */
  readonly maxAge?: number;
  /** Milliseconds that a request may take. */
  readonly timeout?: number;
  readonly environment?: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/** Counts of everything that was emitted: `emitted === sent + dropped + queued`, at every moment. */
export interface Stats {
  readonly emitted: number;
  readonly sent: number;
  readonly dropped: number;
  readonly queued: number;
  /** Signals at intervals that were dropped because their time could not be claimed. A part of `dropped`. */
  readonly unclaimed: number;
  /** Values that were left out. */
  readonly valuesDropped: number;
  /** Texts that were cut. */
  readonly valuesTruncated: number;
  /** Values that did not pass as they were given, by reason. */
  readonly reasons: Readonly<Record<Why, number>>;
}

/** Sends signals. */
export class Pipeline implements Emitter {
  readonly #signals: ReadonlySet<Signal>;
  readonly #sender: Sender;
  readonly #values: Record<Why, number> = Object.fromEntries(REASONS.map((why) => [why, 0])) as Record<Why, number>;
  #explicit: Consent | undefined;
  #decision: Decision;
  #allowance: Allowance;
  #emitted = 0;
  #unsent = 0;
  #unclaimed = 0;
  #closed = false;

  constructor(
    readonly catalogue: Catalogue,
    private readonly options: Options & { readonly transport: Transport },
  ) {
    this.#signals = new Set(catalogue.signals);
    this.#explicit = options.consent;
    const sent = { catalogue, resource: () => this.#resource(), ...options };
    this.#sender = new Sender(sent);
    [this.#decision, this.#allowance] = this.#decide();
  }

  /** The consent now. */
  consent(): Consent {
    return this.#allowance.consent;
  }

  /** The consent, less what the catalogue lists since the user agreed to it. */
  allowance(): Allowance {
    return this.#allowance;
  }

  /** The decision about consent, with what each layer said. */
  decision(): Decision {
    return this.#decision;
  }

  /** Changes consent for the application, as far as the environment allows. Less than before drops what waits. */
  setConsent(consent: Consent): void {
    this.#explicit = tidied(this.catalogue, consent);
    this.reload();
  }

  /** Decides again. A program that runs for long calls it so that a choice made meanwhile counts. */
  reload(): Decision {
    const before = this.consent();
    [this.#decision, this.#allowance] = this.#decide();
    if (!includes(this.consent(), before)) this.#sender.withdraw();
    return this.#decision;
  }

  /** The same pipeline for an instance with an opt-in switch of its own. Off stays off. */
  sharing(share: boolean): Emitter {
    return {
      emit: (signal, record, values, how) => {
        const { consent, ...held } = this.#allowance;
        const own = consent === OFF ? OFF : share ? consent | setOf(OPT_IN) : consent & ~setOf(OPT_IN);
        this.#emit({ consent: own, ...held }, signal, record as never, values, how);
      },
    };
  }

  /** Takes the time at which a span starts. */
  start(): Started {
    return { wall: this.#now(), steady: performance.now() };
  }

  /** Reports a signal. Generated code calls it. */
  emit<V extends object>(signal: Signal, record: (out: Recorder, values: V) => void, values: V, how?: How): void {
    this.#emit(this.#allowance, signal, record as never, values, how);
  }

  #emit(
    allowance: Allowance,
    signal: Signal,
    record: (out: Recorder, values: never) => void,
    values: object,
    how: How | undefined,
  ): void {
    try {
      if (allowance.consent === OFF || !includes(allowance.consent, signal.needs)) return;
      const held = allowance.held?.get(signal.id);
      if (held === true || this.#closed || !this.#signals.has(signal)) return;
      this.#emitted += 1;
      if (signal.every > 0) {
        this.#unclaimed += 1;
        this.#unsent += 1;
        return;
      }
      const notes = new Notes(allowance.consent, held);
      let text: string;
      try {
        text = element(this.catalogue, signal, record, values, this.#stamp(how), notes);
      } catch {
        this.#unsent += 1; // a proxy that throws at every touch
        return;
      }
      for (const [why] of notes.list) this.#values[why] += 1;
      if (!this.#sender.push(signal, text)) this.#unsent += 1;
    } catch {
      // Telemetry never throws into its host.
    }
  }

  /** The payload that would be sent for one signal now: `pipeline.preview((emitter) => crewCreated(emitter, {…}))`. */
  preview(emit: (emitter: Emitter) => void): string | undefined {
    let payload: string | undefined;
    emit({
      emit: (signal, record, values, how) => {
        const { consent, held } = this.#allowance;
        const heldBack = held?.get(signal.id);
        if (consent === OFF || !includes(consent, signal.needs) || heldBack === true || !this.#signals.has(signal)) return;
        const notes = new Notes(consent, heldBack);
        const text = element(this.catalogue, signal, record as never, values, this.#stamp(how), notes);
        const request = requestOf(this.catalogue, signal.kind, this.#resource(), [text]);
        payload = payloads(this.catalogue, signal.kind, request)[0];
      },
    });
    return payload;
  }

  /** Counts the outcome of all signals so far. */
  stats(): Stats {
    const { sent, dropped, queued } = this.#sender.stats();
    const reasons = { ...this.#values };
    const valuesDropped = REASONS.filter(isDropped).reduce((sum, why) => sum + reasons[why], 0);
    const all = dropped + this.#unsent;
    const values = { valuesDropped, valuesTruncated: reasons.cut, reasons };
    return { emitted: this.#emitted, sent, dropped: all, queued, unclaimed: this.#unclaimed, ...values };
  }

  /** The reason why a request was not taken, the latest time. */
  lastFailure(): string | undefined {
    return this.#sender.failure;
  }

  /** Sends what is queued; waits until it is gone, or for so many milliseconds. Says whether it is. */
  flush(limit = 10_000): Promise<boolean> {
    return this.#sender.flush(limit);
  }

  /** Sends what is queued and ends. What still waits after the limit is dropped. */
  async shutdown(limit = 1000): Promise<boolean> {
    this.#closed = true;
    const done = await this.#sender.flush(limit, true);
    this.#sender.end();
    return done;
  }

  /** Hands what is queued to the browser at the end of a page. */
  leave(): void {
    this.#sender.leave();
  }

  #decide(): [Decision, Allowance] {
    const { catalogue, options } = this;
    const memory = options.memory?.remember();
    const isOff = (one: OptOut) => !isVariable(one);
    const decision = decide({
      catalogue,
      explicit: this.#explicit === undefined ? undefined : tidied(catalogue, this.#explicit),
      environment: options.environment ?? (() => undefined),
      askFirst: catalogue.ask !== undefined,
      switches: (options.switches ?? []).filter(isOff),
      ...(memory === undefined ? {} : { remembered: memory.remembered, promised: memory.promised }),
    });
    let consent = decision.consent === OFF ? OFF : tidied(catalogue, decision.consent);
    for (const [number, on] of Object.entries(options.channels ?? {})) {
      if (consent === OFF) break;
      consent = (on ? granting : refusing)(catalogue, consent, Number(number));
    }
    if (consent !== OFF && !this.#sender.hasEndpoint()) {
      const layers = decision.layers.map((layer) => ({ ...layer, decided: false }));
      return [{ consent: OFF, reason: "there is no endpoint to send to", layers }, { consent: OFF }];
    }
    return [{ ...decision, consent }, { consent, ...memory?.held(consent) }];
  }

  #resource(): string {
    const { consent, heldOfProcess } = this.#allowance;
    return resourceOf(this.catalogue, this.options.process, consent, heldOfProcess);
  }

  #now(): number {
    return (this.options.clock ?? Date.now)();
  }

  #stamp(how: How | undefined): Stamp {
    const failed = how?.failed ?? false;
    const since = how?.since;
    if (since === undefined) {
      const now = `${Math.floor(this.#now())}000000`;
      return { start: now, end: now, failed };
    }
    const micros = Math.floor(since.wall) * 1000;
    const lasted = Math.max(0, Math.round((performance.now() - since.steady) * 1000));
    return { start: `${micros}000`, end: `${micros + lasted}000`, failed };
  }
}
