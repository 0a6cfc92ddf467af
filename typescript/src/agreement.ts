/**
 * What a user agreed to, as it stands in the stored file: everything that can be sent is an item. What a later catalogue
 * collects beyond it is held back until the user has seen the notice.
 */

import type { Attribute, Catalogue, Member, OptOut, Signal } from "./catalogue.js";
import { type Consent, channelNames, channelNumber, includes, isVariable, variables } from "./consent.js";
import { covers } from "./covers.js";
import * as define from "./domain.js";
import { type Domain, innermost } from "./domain.js";
import type { Allowance } from "./pipeline.js";

/** The values that an item may have, as the file writes them. */
type Values =
  | "boolean"
  | "timestamp"
  | { text: { max_length: number | bigint | null; pattern: string | null; cut: boolean } }
  | { int: { minimum: bigint; maximum: bigint } }
  | { double: { minimum: Double | bigint | number; maximum: Double | bigint | number } }
  | { one_of: string[] }
  | { choice: { members: (string | boolean | bigint | number | Double)[]; open: boolean } }
  | { object: string }
  | { list: { of: Values; max_items: number | bigint | null } }
  | { map: { keys: Values; of: Values; max_items: number | bigint | null } }
  | { json: { max_depth: number | bigint | null; max_length: number | bigint | null } };

/** A number that is written as a double, whole or not. */
export class Double {
  constructor(readonly value: number) {}
}

export interface Item {
  channels?: string[];
  every?: number | bigint;
  values?: Values;
  nullable?: boolean;
}

/** The agreement of a user, with the names of the file. */
export interface Agreement {
  endpoint: string | null;
  elsewhere?: Record<string, string>;
  opt_out: (string | Record<string, string>)[];
  opt_in: string | null;
  rotates?: number | bigint;
  channels?: Record<string, { on: boolean }>;
  items: Record<string, Item>;
}

/** The agreement to all that a catalogue lists. */
export function agreementTo(catalogue: Catalogue): Agreement {
  const items: Record<string, Item> = {};
  for (const signal of catalogue.signals) {
    items[nameOf(signal)] = itemOf(catalogue, signal.needs, signal.every > 0 ? { every: signal.every } : {});
    for (const { attribute } of signal.members) {
      items[`${nameOf(signal)}: ${attribute.name}`] = ofAttribute(catalogue, signal.needs | attribute.needs, attribute);
      addFields(items, catalogue, attribute);
    }
  }
  for (const { attribute } of catalogue.resource) {
    items[`resource: ${attribute.name}`] = ofAttribute(catalogue, attribute.needs, attribute);
    addFields(items, catalogue, attribute);
  }
  const first = catalogue.endpoints[0]?.url;
  const elsewhere = catalogue.signals.flatMap((signal): [string, string][] => {
    const url = catalogue.endpoints[signal.endpoint]?.url;
    return url === undefined || url === first ? [] : [[nameOf(signal), url]];
  });
  const rotates = catalogue.installationId?.rotates;
  const channels = catalogue.channels.map(({ name, number }) => [name, { on: number >= 20 }] as const);
  return {
    endpoint: first ?? null,
    ...(elsewhere.length > 0 ? { elsewhere: inOrder(elsewhere) } : {}),
    opt_out: catalogue.optOut.map(({ kind, name }) => (kind === "variable" ? name : { [kind]: name })),
    opt_in: catalogue.optIn ?? null,
    ...(rotates === undefined ? {} : { rotates }),
    ...(channels.length > 0 ? { channels: inOrder(channels) } : {}),
    items: inOrder(Object.entries(items)),
  };
}

function inOrder<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function nameOf(signal: Signal): string {
  return `${signal.kind} ${signal.name}`;
}

function ofAttribute(catalogue: Catalogue, needs: Consent, attribute: Attribute): Item {
  const values = valuesOf(attribute.domain, attribute.cut);
  return itemOf(catalogue, needs, { values, ...(attribute.nullable ? { nullable: true } : {}) });
}

function itemOf(catalogue: Catalogue, needs: Consent, rest: Item): Item {
  const channels = channelNames(catalogue, needs & ~1);
  return { ...(channels.length > 0 ? { channels } : {}), ...rest };
}

function addFields(items: Record<string, Item>, catalogue: Catalogue, attribute: Attribute): void {
  for (const [name, field] of fieldsOf(attribute.domain)) items[name] = ofAttribute(catalogue, field.needs, field);
}

/** The fields of all objects that a domain leads to, by their names in an agreement. */
function fieldsOf(domain: Domain): [string, Attribute][] {
  const inner = innermost(domain);
  if (inner.is !== "object") return [];
  const { id, members } = inner.structure();
  return members().flatMap(({ name, attribute }): [string, Attribute][] => [
    [`object ${id}: ${name}`, attribute],
    ...fieldsOf(attribute.domain),
  ]);
}

function valuesOf(domain: Domain, cut: boolean): Values {
  const size = (most: number) => (most === Infinity ? null : most);
  switch (domain.is) {
    case "boolean":
    case "timestamp":
      return domain.is;
    case "text":
      return { text: { max_length: size(domain.most), pattern: domain.pattern?.source ?? null, cut } };
    case "int":
      return { int: { minimum: domain.minimum, maximum: domain.maximum } };
    case "double":
      return { double: { minimum: new Double(domain.minimum), maximum: new Double(domain.maximum) } };
    case "choice": {
      const { members, open } = domain;
      if (!open && members.every((member) => typeof member === "string")) return { one_of: members as string[] };
      const written = members.map((member) => (typeof member === "number" ? new Double(member) : member));
      return { choice: { members: written, open } };
    }
    case "object":
      return { object: domain.structure().id };
    case "list":
      return { list: { of: valuesOf(domain.item, cut), max_items: size(domain.most) } };
    case "map": {
      const [keys, of] = [valuesOf(domain.key, false), valuesOf(domain.value, cut)];
      return { map: { keys, of, max_items: size(domain.most) } };
    }
    case "json":
      return { json: { max_depth: size(domain.depth), max_length: size(domain.most) } };
  }
}

/** The domain that the file's words mean. */
function domainOf(values: Values): Domain {
  const size = (most: number | bigint | null) => (most === null ? Infinity : Number(most));
  const number = (one: Double | bigint | number) => (one instanceof Double ? one.value : Number(one));
  if (values === "boolean") return define.boolean;
  if (values === "timestamp") return define.timestamp;
  if ("text" in values) return define.text(size(values.text.max_length), values.text.pattern ?? undefined);
  if ("int" in values) return define.int(BigInt(values.int.minimum), BigInt(values.int.maximum));
  if ("double" in values) return define.double(number(values.double.minimum), number(values.double.maximum));
  if ("one_of" in values) return define.oneOf(values.one_of);
  if ("choice" in values) {
    const members = values.choice.members.map((member) => (member instanceof Double ? member.value : member));
    return define.oneOf(members, values.choice.open);
  }
  if ("object" in values) {
    const id = values.object;
    return define.object(() => ({ id, record: () => undefined, members: () => [] }));
  }
  if ("list" in values) return define.list(domainOf(values.list.of), size(values.list.max_items));
  if ("map" in values) return define.map(domainOf(values.map.keys), domainOf(values.map.of), size(values.map.max_items));
  return define.json(size(values.json.max_depth), size(values.json.max_length));
}

/** The part of a catalogue that goes beyond an agreement, and the names of all that does. */
export interface Beyond {
  readonly held: Omit<Allowance, "consent">;
  readonly names: readonly string[];
}

/** Holds a catalogue against an agreement. `granted` are the channels that the user chose, if they chose. */
export function beyond(agreed: Agreement, catalogue: Catalogue, consent: Consent, granted?: readonly string[]): Beyond {
  const judge = new Judge(agreed, catalogue, consent, granted);
  const held = new Map<string, true | ReadonlySet<string>>();
  for (const signal of catalogue.signals.filter(({ needs }) => includes(consent, needs))) {
    const isWhole = judge.lacks(nameOf(signal)) || judge.moved(signal);
    const attributes = isWhole ? new Set<string>() : judge.missing(signal.members, (name) => `${nameOf(signal)}: ${name}`);
    if (isWhole) held.set(signal.id, true);
    else if (attributes.size > 0) held.set(signal.id, attributes);
  }
  const heldOfProcess = judge.missing(catalogue.resource, (name) => `resource: ${name}`);
  return { held: { held, heldOfProcess }, names: judge.names };
}

class Judge {
  readonly names: string[] = [];
  readonly #now: Agreement;
  readonly #switched: boolean;

  constructor(
    private readonly agreed: Agreement,
    private readonly catalogue: Catalogue,
    private readonly consent: Consent,
    private readonly granted: readonly string[] | undefined,
  ) {
    this.#now = agreementTo(catalogue);
    const isOptedIn = includes(consent, 2);
    this.#switched = isOptedIn && catalogue.optIn !== undefined && agreed.opt_in !== catalogue.optIn;
    this.#moves();
    this.names.push(...this.#broken());
    if (this.#switched) this.names.push(`\`${catalogue.optIn}\` is what opts in`);
    for (const { name, number, title } of catalogue.channels) {
      const isNew = number >= 20 && includes(consent, 1 << number) && agreed.channels?.[name]?.on !== true && !this.#had(name);
      if (isNew) this.names.push(`\`${name}\` (${title}) is on by default`);
    }
  }

  #moves(): void {
    const first = this.catalogue.endpoints[0]?.url;
    if (this.catalogue.endpoints.length <= 1 && first !== undefined && this.agreed.endpoint !== first) {
      this.names.push(`everything goes to ${first}`);
    } else if (first === undefined && this.agreed.endpoint !== null) {
      this.names.push(`everything goes where the program says, and not to ${this.agreed.endpoint}`);
    }
  }

  #broken(): string[] {
    const now = variables(this.catalogue).concat(this.catalogue.optOut);
    const isThere = (one: OptOut) => now.some(({ kind, name }) => kind === one.kind && name === one.name);
    return optOutsOf(this.agreed).filter((one) => !isThere(one)).map(({ name }) => `${name} no longer switches it off`);
  }

  #had(channel: string): boolean {
    if (channel === "opt_in") return includes(this.consent, 2);
    if (this.granted !== undefined) return this.granted.includes(channel);
    return this.agreed.channels?.[channel]?.on ?? false;
  }

  /** Returns true if a signal goes to another address than was agreed to. */
  moved(signal: Signal): boolean {
    const agreed = this.agreed.elsewhere?.[nameOf(signal)] ?? this.agreed.endpoint ?? undefined;
    return agreed !== this.catalogue.endpoints[signal.endpoint]?.url;
  }

  /** Returns true if an item of today was not agreed to, and remembers its name. */
  lacks(name: string): boolean {
    const item = this.#now.items[name];
    const isAsked = this.#switched && (item?.channels?.includes("opt_in") ?? false);
    if (!isAsked && item !== undefined && (!this.#isConcerned(item) || this.#covers(item, name))) return false;
    if (!isAsked && !this.names.includes(name)) this.names.push(name);
    return true;
  }

  /** The keys of attributes that were not agreed to, with the fields of their objects. */
  missing(members: readonly Member[], nameOf: (name: string) => string): Set<string> {
    const reached = members.flatMap(({ attribute }): [string, Attribute][] => [
      [nameOf(attribute.name), attribute],
      ...(includes(this.consent, attribute.needs) ? fieldsOf(attribute.domain) : []),
    ]);
    return new Set(reached.filter(([name]) => this.lacks(name)).map(([, attribute]) => attribute.id));
  }

  #isConcerned(item: Item): boolean {
    return (item.channels ?? []).every((name) => {
      const number = name === "opt_in" ? 1 : channelNumber(this.catalogue, name);
      return number !== undefined && includes(this.consent, 1 << number);
    });
  }

  #covers(now: Item, name: string): boolean {
    const agreed = Object.hasOwn(this.agreed.items, name) ? this.agreed.items[name] : undefined;
    if (agreed === undefined) return false;
    const all = (item: Item) => (item.channels ?? []).every((channel) => this.#had(channel));
    const when = (agreed.channels ?? []).length === 0 || (all(agreed) && all(now));
    const isNullAgreed = (agreed.nullable ?? false) || !(now.nullable ?? false);
    const isOften = agreed.every === undefined || (now.every !== undefined && now.every >= agreed.every);
    return when && isNullAgreed && isOften && admits(agreed.values, now.values);
  }
}

/** Returns true if every value of `now` was agreed to. A text that may be cut is wider than one that may not. */
function admits(agreed: Values | undefined, now: Values | undefined): boolean {
  if (agreed === undefined || now === undefined) return agreed === now;
  const cuts = (values: Values) => typeof values === "object" && "text" in values && values.text.cut;
  return covers(domainOf(agreed), domainOf(now)) && (cuts(agreed) || !cuts(now));
}

/** The opt-outs that a user was told of. */
export function optOutsOf(agreed: Agreement): OptOut[] {
  return agreed.opt_out.map((written): OptOut => {
    if (typeof written === "string") return { kind: "variable", name: written };
    const [[kind, name] = ["flag", ""]] = Object.entries(written);
    return { kind: kind as OptOut["kind"], name };
  });
}

/** The variables that were promised and that the catalogue has no more. */
export function promised(agreed: Agreement, catalogue: Catalogue): OptOut[] {
  const now = variables(catalogue);
  const isThere = (one: OptOut) => now.some(({ kind, name }) => kind === one.kind && name === one.name);
  return optOutsOf(agreed).filter((one) => isVariable(one) && !isThere(one));
}
