/** Takes the attributes of one signal, one object or the process from generated code. */

import { type Attribute, BODY, setOf } from "./catalogue.js";
import type { Notes } from "./notes.js";
import { OTLP, PLAIN, type Syntax } from "./syntax.js";
import { shapeOf } from "./shape.js";
import { ABSENT, REFUSED, type Written, sift } from "./sieve.js";

type Place = string | typeof BODY;
type Callable<V, K extends keyof V> = NonNullable<V[K]> extends () => infer G ? G | undefined : undefined;

/** What generated code calls. Reads each property once, and never one that permission lacks for. */
export class Recorder {
  /** What passed, as members of an OTLP list or of a JSON object. */
  readonly members: string[] = [];
  /** The body of a log record. */
  body: string | undefined;
  /** False once something is missing that must be there. */
  isWhole = true;
  readonly #groups: [string, object][] = [];

  constructor(
    readonly notes: Notes,
    private readonly path = "",
    private readonly syntax: Syntax = OTLP,
  ) {}

  /** For the fields of an object that stands at a path. */
  static ofObject(notes: Notes, path: string, syntax: Syntax): Recorder {
    return new Recorder(notes, `${path}.`, syntax);
  }

  /** Records everything, and takes note of what nobody knows. */
  record<V extends object>(record: (out: Recorder, values: V) => void, values: V): void {
    record(this, values);
    const shape = shapeOf(record as never);
    this.#others(shape.keys, values);
    for (const [key, group] of this.#groups) this.#others(shape.groups.get(key)?.fields, group);
  }

  /** Returns true if a channel was granted. */
  grants(channel: number): boolean {
    return (this.notes.consent & setOf(channel)) !== 0;
  }

  /** Calls what computes the part behind a channel. Generated code asks {@link grants} first. */
  call<V, K extends keyof V & string>(values: V, key: K): Callable<V, K> {
    let group: unknown;
    try {
      const part: unknown = values[key];
      if (part === undefined || part === null) return undefined as Callable<V, K>;
      group = typeof part === "function" ? (part as () => unknown).call(values) : REFUSED;
    } catch {
      group = REFUSED;
    }
    if (typeof group !== "object" || group === null) {
      this.notes.note("value", this.path + key);
      return undefined as Callable<V, K>;
    }
    this.#groups.push([key, group]);
    return group as Callable<V, K>;
  }

  /** Records an attribute that must be there. What needs a channel that was not granted is not demanded. */
  required<V>(attribute: Attribute, values: V | undefined, key: keyof V & string, place?: Place): void {
    if (!this.#allows(attribute)) return;
    const written = this.#entry(attribute, values, key, place);
    if (written === ABSENT) this.notes.note("missing", this.path + nameOf(attribute, place));
    if (typeof written !== "string") this.isWhole = false;
  }

  /** Records an attribute that may be missing. */
  optional<V>(attribute: Attribute, values: V | undefined, key: keyof V & string, place?: Place): void {
    if (this.#allows(attribute)) this.#entry(attribute, values, key, place);
  }

  #allows({ id, needs }: Attribute): boolean {
    const { consent, held } = this.notes;
    return (needs & ~consent) === 0 && !(held !== undefined && held.has(id));
  }

  #entry(attribute: Attribute, values: unknown, key: string, place: Place | undefined): Written {
    const name = nameOf(attribute, place);
    const path = this.path === "" ? name : this.path + name;
    const written = this.#sift(attribute, values, key, path);
    if (typeof written === "string") {
      this.notes.used |= attribute.needs;
      if (place === BODY) this.body = written;
      else if (place === undefined && this.syntax === OTLP) this.members.push(`${attribute.head}${written}}`);
      else this.members.push(this.syntax.member(name, written));
    } else if (written === REFUSED) {
      this.notes.note("value", path);
    }
    return written;
  }

  /** Inside an object it is the object's encoding that counts. */
  #sift(attribute: Attribute, values: unknown, key: string, path: string): Written {
    const isText = attribute.json && this.path === "";
    const mark = this.notes.mark();
    try {
      const value = (values as Record<string, unknown> | undefined)?.[key];
      if (value === null && attribute.nullable) return this.syntax.nothing;
      const place = { attribute, path, notes: this.notes, syntax: isText ? PLAIN : this.syntax };
      const written = sift(place, attribute.domain, value);
      return isText && typeof written === "string" ? OTLP.text(written) : written;
    } catch {
      this.notes.rewind(mark);
      return REFUSED; // a getter that throws costs its value
    }
  }

  /** Takes note of properties that the catalogue does not list. */
  #others(known: { has(key: string): boolean } | undefined, given: object): void {
    for (const key of Object.keys(given)) {
      if (known?.has(key) ?? false) continue;
      let value: unknown;
      try {
        value = (given as Record<string, unknown>)[key];
      } catch {
        value = REFUSED;
      }
      if (value !== undefined && value !== null) this.notes.note("unknown", this.path + key);
    }
  }
}

/** The name on the wire. */
function nameOf(attribute: Attribute, place: Place | undefined): string {
  return typeof place === "string" ? place : attribute.name;
}
