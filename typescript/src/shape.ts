/** The properties that a generated function reads: found by calling it once with something that only listens. */

import { type Attribute, BODY } from "./catalogue.js";
import type { Recorder } from "./recorder.js";

/** A property and the attribute that it is. */
export interface Field {
  readonly attribute: Attribute;
  /** Name on the wire. */
  readonly name: string;
  readonly required: boolean;
  readonly body: boolean;
}

/** The part behind a channel. */
export interface Group {
  readonly channel: number;
  readonly fields: Map<string, Field>;
}

/** The properties of a signal, an object or the resource. */
export interface Shape {
  readonly fields: Map<string, Field>;
  readonly groups: Map<string, Group>;
  /** All properties, those with callables included. */
  readonly keys: ReadonlySet<string>;
}

type Record = (out: Recorder, values: never) => void;

const shapes = new WeakMap<Record, Shape>();

/** The shape that a generated function records. */
export function shapeOf(record: Record): Shape {
  let shape = shapes.get(record);
  if (shape === undefined) {
    shape = listen(record);
    shapes.set(record, shape);
  }
  return shape;
}

function listen(record: Record): Shape {
  const fields = new Map<string, Field>();
  const groups = new Map<string, Group>();
  let channel = 0;
  const note = (required: boolean) => (attribute: Attribute, values: unknown, key: string, place?: string | symbol) => {
    const name = typeof place === "string" ? place : attribute.name;
    const known = values instanceof Map ? (values as Map<string, Field>) : fields;
    known.set(key, { attribute, name, required, body: place === BODY });
  };
  const listener = {
    grants: (asked: number) => ((channel = asked), true),
    call: (_: unknown, key: string) => {
      const group: Group = { channel, fields: new Map() };
      groups.set(key, group);
      return group.fields;
    },
    required: note(true),
    optional: note(false),
  };
  record(listener as unknown as Recorder, {} as never);
  return { fields, groups, keys: new Set([...fields.keys(), ...groups.keys()]) };
}
