/** Reads JSON without losing anything: numbers keep their digits, objects their order and keys that are there twice. */

/** A number as it is written. */
export class Digits {
  constructor(readonly text: string) {}

  /** Digits alone as they are; with a point or an exponent, or beyond every double, the double that they mean. */
  value(): bigint | number {
    return /[.eE]/.test(this.text) ? Number(this.text) : BigInt(this.text);
  }
}

/** An object with its members in order. */
export class Members {
  constructor(readonly list: readonly (readonly [string, Node])[]) {}

  /** The member of this name; of several the last. */
  get(name: string): Node | undefined {
    return this.list.filter(([key]) => key === name).at(-1)?.[1];
  }

  /** Returns true if a key is there twice. */
  isTwofold(): boolean {
    return new Set(this.list.map(([key]) => key)).size < this.list.length;
  }
}

export type Node = null | boolean | string | Digits | readonly Node[] | Members;

const DEEPEST = 128;
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))/y;

/** Reads a text; `undefined` if it is no JSON, or is nested too deeply. */
export function parse(text: string): Node | undefined {
  try {
    const reader = new Reader(text);
    const node = reader.node(reader.next(), DEEPEST);
    return reader.isAtEnd() ? node : undefined;
  } catch (error) {
    if (error instanceof NoJson) return undefined;
    throw error;
  }
}

class NoJson extends Error {}

class Reader {
  #at = 0;

  constructor(private readonly text: string) {}

  next(): string {
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.text);
    if (found === null) throw new NoJson();
    this.#at = TOKEN.lastIndex;
    return found[1] ?? found[2] ?? found[3] ?? found[4] ?? "";
  }

  isAtEnd(): boolean {
    return /^[ \t\n\r]*$/.test(this.text.slice(this.#at));
  }

  node(token: string, depth: number): Node {
    if (depth === 0) throw new NoJson();
    switch (token[0]) {
      case "{":
        return new Members(this.#parts("}", (first) => {
          if (first[0] !== '"') throw new NoJson();
          this.#expect(":");
          return [JSON.parse(first) as string, this.node(this.next(), depth - 1)] as const;
        }));
      case "[":
        return this.#parts("]", (first) => this.node(first, depth - 1));
      case '"':
        return JSON.parse(token) as string;
      case "t":
      case "f":
        return token === "true";
      case "n":
        return null;
      case "}":
      case "]":
      case ",":
      case ":":
        throw new NoJson();
      default:
        return new Digits(token);
    }
  }

  #parts<T>(end: string, read: (first: string) => T): T[] {
    const parts: T[] = [];
    let token = this.next();
    while (token !== end) {
      parts.push(read(token));
      token = this.next();
      if (token === end) break;
      if (token !== ",") throw new NoJson();
      token = this.next();
      if (token === end) throw new NoJson();
    }
    return parts;
  }

  #expect(wanted: string): void {
    if (this.next() !== wanted) throw new NoJson();
  }
}
