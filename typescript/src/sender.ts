/** The sender: takes batches away and hands them to the transport, again after a while where that makes sense. */

import type { Catalogue, Signal } from "./catalogue.js";
import { KINDS, requestOf } from "./request.js";

/** The answer of a collector. */
export interface Answer {
  readonly status: number;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
  readonly body: string;
}

/** Brings requests to a collector. Throws when there is no answer. */
export interface Transport {
  send(url: string, body: string, timeout: number): Promise<Answer>;
  /** Hands a request to whatever survives the end of a page; `false` if it was not taken. */
  leave?(url: string, body: string): boolean;
  /** Keeps the process alive for requests under way, or not. */
  hold?(alive: boolean): void;
}

/** What a sender is made of. */
export interface Sent {
  readonly catalogue: Catalogue;
  readonly transport: Transport;
  readonly resource: () => string;
  readonly endpoint?: string | Readonly<Record<string, string>>;
  readonly capacity?: number;
  readonly maxAge?: number;
  readonly timeout?: number;
}

/** The signals of one kind that go to one endpoint. */
interface Lane {
  readonly kind: Signal["kind"];
  readonly url: string;
  elements: string[];
  size: number;
}

const ATTEMPTS = 6;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 60_000;
const TRANSIENT = [429, 502, 503, 504];

/** Queues signals and sends them. */
export class Sender {
  failure: string | undefined;
  readonly #lanes = new Map<string, Lane>();
  readonly #urls: readonly (string | undefined)[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #withdrawn = 0;
  #closed = false;
  #sent = 0;
  #dropped = 0;
  #queued = 0;

  constructor(private readonly sent: Sent) {
    this.#urls = urls(sent);
  }

  /** Returns true if signals can go anywhere. */
  hasEndpoint(): boolean {
    return this.#urls.some((url) => url !== undefined);
  }

  stats(): { sent: number; dropped: number; queued: number } {
    return { sent: this.#sent, dropped: this.#dropped, queued: this.#queued };
  }

  /** Queues a signal; `false` if there is no room, or no way to its endpoint. */
  push(signal: Signal, element: string): boolean {
    const lane = this.#lane(signal);
    const capacity = this.sent.capacity ?? 1 << 20;
    if (lane === undefined || lane.size + element.length > capacity) return false;
    lane.elements.push(element);
    lane.size += element.length + 1;
    this.#queued += 1;
    if (lane.size > capacity / 2) this.#send();
    else this.#timer ??= unref(setTimeout(() => this.#send(), this.sent.maxAge ?? 5000));
    return true;
  }

  #lane(signal: Signal): Lane | undefined {
    const url = this.#urls[signal.endpoint];
    if (url === undefined) {
      this.failure = `the endpoint of ${signal.kind} ${signal.name} takes JSON of its own, which is not written here`;
      return undefined;
    }
    const key = `${signal.kind} ${url}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { kind: signal.kind, url: url.replace(/\/+$/, "") + KINDS[signal.kind].path, elements: [], size: 0 };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** Drops what waits, and gives up what would be tried again. */
  withdraw(): void {
    this.#withdrawn += 1;
    for (const lane of this.#lanes.values()) this.#drop(take(lane).length);
    this.#wake?.();
  }

  /** Sends everything that waits, and waits for that. */
  async flush(limit: number, close = false): Promise<boolean> {
    this.#closed ||= close;
    if (close) this.#wake?.();
    if (this.#queued === 0) return true;
    this.sent.transport.hold?.(true);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.max(0, limit))));
    try {
      const done = this.#drain().then(() => true);
      return await Promise.race([done, over.then(() => this.#queued === 0)]);
    } finally {
      clearTimeout(timer);
      this.sent.transport.hold?.(false);
    }
  }

  async #drain(): Promise<void> {
    this.#send();
    await this.#running;
    if ([...this.#lanes.values()].some((lane) => lane.elements.length > 0)) await this.#drain();
  }

  /** Drops what still waits. */
  end(): void {
    clearTimeout(this.#timer);
    this.withdraw();
  }

  /** Hands what waits to the browser. */
  leave(): void {
    const { transport } = this.sent;
    for (const lane of this.#lanes.values()) {
      const elements = take(lane);
      const isTaken = elements.length > 0 && (transport.leave?.(lane.url, this.#request(lane, elements)) ?? false);
      this.#queued -= elements.length;
      if (isTaken) this.#sent += elements.length;
      else this.#dropped += elements.length;
    }
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  async #run(): Promise<void> {
    for (const lane of this.#lanes.values()) {
      const elements = take(lane);
      if (elements.length > 0) await this.#deliver(lane, elements);
    }
  }

  /** Sends one request until it is taken or there is no hope. */
  async #deliver(lane: Lane, elements: readonly string[]): Promise<void> {
    const withdrawn = this.#withdrawn;
    const request = this.#request(lane, elements);
    let pause = FIRST_PAUSE;
    for (let attempt = 1; attempt <= ATTEMPTS && withdrawn === this.#withdrawn; attempt++) {
      const [outcome, after] = await this.#attempt(lane, request);
      if (typeof outcome === "number") return this.#count(elements.length, Math.min(outcome, elements.length));
      this.failure = outcome;
      if (after === null || attempt === ATTEMPTS || this.#closed) break;
      await this.#sleep(after ?? pause * (0.5 + Math.random()));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    this.#drop(elements.length);
  }

  /** The number of rejected signals; or what went wrong, with the pause that the collector asks for; `null` for never. */
  async #attempt({ kind, url }: Lane, request: string): Promise<[number | string, (number | null | undefined)?]> {
    let answer: Answer;
    try {
      answer = await this.sent.transport.send(url, request, this.sent.timeout ?? 10_000);
    } catch (error) {
      const isHopeless = error instanceof Unusable;
      return [error instanceof Error ? error.message : String(error), isHopeless ? null : undefined];
    }
    if (answer.status >= 200 && answer.status < 300) {
      const rejected = rejectedOf(answer.body, KINDS[kind].rejected);
      if (rejected > 0) this.failure = "the collector rejected a part of a request";
      return [rejected];
    }
    const why = `the collector answered with ${answer.status}`;
    if (!TRANSIENT.includes(answer.status)) return [why, null];
    const seconds = Number(answer.retryAfter ?? "");
    const isSeconds = /^[0-9]+$/.test(answer.retryAfter ?? "");
    return [why, isSeconds ? Math.min(1000 * seconds, LONGEST_PAUSE) : undefined];
  }

  #sleep(pause: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = unref(setTimeout(resolve, pause));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #request(lane: Lane, elements: readonly string[]): string {
    return requestOf(this.sent.catalogue, lane.kind, this.sent.resource(), elements);
  }

  #count(all: number, rejected: number): void {
    this.#sent += all - rejected;
    this.#queued -= all - rejected;
    this.#drop(rejected);
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#queued -= count;
  }
}

/** A transport that can never send, such as one with a proxy that cannot be used. */
export class Unusable extends Error {}

/** The addresses of the endpoints, in their order; `undefined` for one that takes another form. */
function urls({ catalogue, endpoint }: Sent): (string | undefined)[] {
  const own = catalogue.endpoints.map(({ name, url, json }) => {
    if (json === true) return undefined;
    return typeof endpoint === "object" ? (endpoint[name] ?? url) : url;
  });
  if (typeof endpoint === "string") own[0] = endpoint;
  return own;
}

function take(lane: Lane): string[] {
  const elements = lane.elements;
  [lane.elements, lane.size] = [[], 0];
  return elements;
}

/** The number of signals that a collector rejected of a request that it took. */
function rejectedOf(body: string, member: string): number {
  try {
    const answer = JSON.parse(body) as { partialSuccess?: Record<string, unknown> };
    const count = Number(answer.partialSuccess?.[member] ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}

/** A timer that keeps no process alive. */
function unref(timer: ReturnType<typeof setTimeout>): ReturnType<typeof setTimeout> {
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
