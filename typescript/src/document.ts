/** The form of `telemetry.json`: an entry for each catalogue, each with a fingerprint over all of it. Rust's form. */

import { type Agreement, Double } from "./agreement.js";
import { Digits, Members, type Node, parse } from "./json.js";

/** The entry of one catalogue. */
export interface Entry {
  version?: string;
  date?: string;
  granted?: string[];
  agreed?: Agreement;
  declined?: string;
  libraries?: unknown;
  installation_id?: { id: string; drawn: string };
  reported?: Record<string, string>;
}

/** What a file says of one catalogue. */
export type Found = { readonly entry: Entry } | { readonly doubt: string } | undefined;

const FORM = "2";
const KNOWN = ["version", "date", "granted", "agreed", "declined", "libraries", "installation_id", "reported", "fingerprint"];
const AGREED = ["endpoint", "elsewhere", "opt_out", "opt_in", "rotates", "channels", "items"];

/** A file whose entries of other catalogues stay as they are. */
export class Document {
  #entries: (readonly [string, Node])[] = [];
  #isInDoubt = false;

  /** A file in place of one that could not be read: what it does not list is off. */
  static inDoubt(): Document {
    const document = new Document();
    document.#isInDoubt = true;
    return document;
  }

  /** Reads a file; throws if it is not as it was written, or of a form that is not known here. */
  static parse(text: string): Document {
    if (text === "") throw new Error("it is empty");
    const node = parse(text);
    if (!(node instanceof Members) || node.isTwofold()) throw new Error("it is not as it was written");
    const form = node.get("candor");
    if (!(form instanceof Digits) || form.text !== FORM) {
      const shown = form instanceof Digits ? form.text : "none";
      throw new Error(`it has form ${shown}, which this version of the program does not know`);
    }
    const [catalogues, others] = [node.get("catalogues"), node.get("others")];
    const isKnown = node.list.every(([key]) => ["candor", "catalogues", "others"].includes(key));
    const isWhole = catalogues instanceof Members && !catalogues.isTwofold() && (others === undefined || others === "off");
    if (!isKnown || !isWhole) throw new Error("it is not as it was written");
    const document = new Document();
    document.#entries = [...catalogues.list];
    document.#isInDoubt = others === "off";
    return document;
  }

  /** Looks up a catalogue. */
  find(catalogue: string): Found {
    const found = this.#entries.find(([name]) => name === catalogue);
    if (found !== undefined) return findEntry(catalogue, found[1]);
    if (this.#isInDoubt) return { doubt: "it replaced one that could not be read" };
    const isChanged = this.#entries.some(([name, node]) => !isSealed(name, node));
    return isChanged ? { doubt: "one of its entries was changed" } : undefined;
  }

  /** Adds an entry with its fingerprint, or replaces it. */
  insert(catalogue: string, entry: Entry): void {
    const node = nodeOf(entry) as Members;
    const sealed = new Members([...node.list, ["fingerprint", seal(catalogue, node)]]);
    this.#entries = [...this.#entries.filter(([name]) => name !== catalogue), [catalogue, sealed]];
    this.#entries.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Returns true if there are entries of other catalogues. */
  isShared(catalogue: string): boolean {
    return this.#entries.some(([name]) => name !== catalogue);
  }

  text(): string {
    const members: (readonly [string, Node])[] = [["candor", new Digits(FORM)], ["catalogues", new Members(this.#entries)]];
    if (this.#isInDoubt) members.push(["others", "off"]);
    return `${write(new Members(members), "\n")}\n`;
  }
}

function findEntry(catalogue: string, node: Node): Found {
  if (!isSealed(catalogue, node)) return { doubt: `its entry for ${catalogue} was changed` };
  const unknown = { doubt: `its entry for ${catalogue} says what this version of the program does not know` };
  const entry = valueOf(node) as Entry;
  const isKnown = Object.keys(entry).every((key) => KNOWN.includes(key));
  const isAgreed = entry.agreed === undefined || Object.keys(entry.agreed).every((key) => AGREED.includes(key));
  return isKnown && isAgreed && isWhole(entry) && hasNames(entry) ? { entry } : unknown;
}

/** Returns true if what the user was shown is there as a whole, or not at all. */
function isWhole({ version, date, agreed, granted, declined }: Entry): boolean {
  const shown = [version, date, agreed].filter((part) => part !== undefined).length;
  return shown === 3 || (shown === 0 && granted === undefined && declined === undefined);
}

/** Returns true if the user was shown every channel that they granted: sorted, each once. */
function hasNames({ granted, agreed }: Entry): boolean {
  if (granted === undefined) return true;
  if (agreed === undefined || !Array.isArray(granted)) return false;
  const isKnown = (name: string) => name === "default" || name === "opt_in" || Object.hasOwn(agreed.channels ?? {}, name);
  const isSorted = granted.every((name, at) => at === 0 || (granted[at - 1] ?? "") < name);
  const isOptInAlone = agreed.channels === undefined && granted.length === 1 && granted[0] === "opt_in";
  return isSorted && granted.every(isKnown) && !isOptInAlone;
}

function isSealed(catalogue: string, node: Node): boolean {
  return node instanceof Members && node.get("fingerprint") === seal(catalogue, node);
}

/** The fingerprint of an entry: over the catalogue's name and all members, whether they are known here or not. */
function seal(catalogue: string, node: Members): string {
  const covered = node.list.filter(([name]) => name !== "fingerprint");
  return fnv(debug(catalogue) + canonical(covered));
}

/** Members so that their order, of which JSON makes nothing, does not count. */
function canonical(members: readonly (readonly [string, Node])[]): string {
  const sorted = [...members].sort(([a], [b]) => (bytes(a) < bytes(b) ? -1 : 1));
  const text = sorted.map(([name, node]) => {
    const value = node instanceof Members ? `{${canonical(node.list)}}` : write(node);
    return `${debug(name)}:${value}`;
  });
  return text.join("");
}

/** Strings in an order like that of their UTF-8. */
function bytes(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join("");
}

/** A text as Rust's `{:?}` writes it. */
function debug(text: string): string {
  const short: Record<string, string> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };
  const escaped = [...text].map((character) => {
    if (short[character] !== undefined) return short[character];
    const isSeen = character === " " || !/[\p{C}\p{Z}\p{Mn}\p{Me}]/u.test(character);
    return isSeen ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${escaped.join("")}"`;
}

/** FNV-1a with 64 bits, in hexadecimal. */
export function fnv(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, "0");
}

/** JSON as serde writes it: without white space, or in lines that start with `line`. */
function write(node: Node, line?: string): string {
  const inner = line === undefined ? undefined : `${line}  `;
  const parts = (open: string, close: string, all: string[]) => {
    if (all.length === 0 || line === undefined) return open + all.join(",") + close;
    return open + all.map((part) => inner + part).join(",") + line + close;
  };
  if (node instanceof Members) {
    const colon = line === undefined ? ":" : ": ";
    return parts("{", "}", node.list.map(([key, value]) => JSON.stringify(key) + colon + write(value, inner)));
  }
  if (Array.isArray(node)) return parts("[", "]", node.map((item: Node) => write(item, inner)));
  if (node instanceof Digits) return numberText(node);
  return JSON.stringify(node);
}

/** A number as serde writes what it read. */
function numberText(digits: Digits): string {
  const value = digits.value();
  if (typeof value === "bigint" && value >= -(2n ** 63n) && value < 2n ** 64n && digits.text !== "-0") return String(value);
  return floatText(Number(value));
}

/** A double as serde writes it: decimal from 10⁻⁵ to 10¹⁶. */
function floatText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= 16 || power < -5) return `${digits}e${power}`;
  const text = String(value).includes("e") ? value.toFixed(-power + digits.replace(/[-.]/g, "").length - 1) : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** A value of the program as a node. What is `undefined` is left out. */
function nodeOf(value: unknown): Node {
  if (value instanceof Double) return new Digits(floatText(value.value));
  if (typeof value === "number" || typeof value === "bigint") return new Digits(String(value));
  if (Array.isArray(value)) return value.map(nodeOf);
  if (typeof value !== "object" || value === null) return value as Node;
  if (value instanceof Digits || value instanceof Members) return value;
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return new Members(members.map(([key, inner]) => [key, nodeOf(inner)] as const));
}

/** A node as a value of the program. */
function valueOf(node: Node): unknown {
  if (node instanceof Digits) {
    const value = node.value();
    return typeof value === "number" ? new Double(value) : value;
  }
  if (node instanceof Members) return Object.fromEntries(node.list.map(([key, inner]) => [key, valueOf(inner)]));
  return Array.isArray(node) ? node.map(valueOf) : node;
}
