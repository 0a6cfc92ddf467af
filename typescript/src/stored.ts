/**
 * Keeps the user's choice, and what they agreed to, in the same file as Rust's programs: one person, one choice. Doubt
 * means off: a choice that is there and cannot be read or trusted counts as off, and only another choice replaces it.
 *
 * Node can take no lock of a folder, so nothing is claimed here that needs one: no time of a report, no new id.
 */

import { randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";

import { type Agreement, agreementTo, beyond, promised } from "./agreement.js";
import { type Catalogue, setOf } from "./catalogue.js";
import { BY_DEFAULT, type Consent, OFF, type Remembered, channelNames, channelNumber, includes, tidied } from "./consent.js";
import { Document, type Entry, type Found } from "./document.js";
import type { Memory } from "./pipeline.js";

const FILE = "telemetry.json";
const LAST_RUN = "telemetry-last-run.json";
const MARK = '"candor"';
const LONGEST = 4 << 20;
const MOST_LINKS = 32;
const OLD = 60_000;

/** The contents of a store. */
export interface Stored {
  /** The user's choice; missing when they were shown the notice at most. */
  readonly choice?: Consent;
  readonly date?: string;
  readonly version?: string;
  /** The reason why the file cannot be read or trusted. That means off. */
  readonly problem?: string;
  readonly installationId?: string;
  readonly granted?: readonly string[];
  readonly agreement?: Agreement;
}

/** The stored choice of an application's user. */
export class Store implements Memory {
  /** The state before the notice of this run, and the text of the file after it. */
  #shown: { before: Stored; text: string | undefined } | undefined;

  constructor(
    readonly catalogue: Catalogue,
    readonly folder: string | undefined = settingsOf(catalogue),
  ) {}

  #path(name: string): string | undefined {
    return this.folder === undefined ? undefined : join(this.folder, name);
  }

  /** Reads the store. */
  read(): Stored {
    const path = this.#path(FILE);
    if (path === undefined) return {};
    const found = this.#find(path);
    if (found === undefined) return {};
    return "doubt" in found ? { problem: `${path}: ${found.doubt}` } : storedOf(found.entry, this.catalogue);
  }

  #find(path: string): Found {
    try {
      const text = readText(path);
      return text === undefined ? undefined : Document.parse(text).find(this.catalogue.name);
    } catch (error) {
      return { doubt: (error as Error).message };
    }
  }

  /** What the resolver asks. */
  remember(): ReturnType<Memory["remember"]> {
    const stored = this.read();
    const path = this.#path(FILE);
    const isOfThisRun = this.#shown !== undefined && path !== undefined && textOf(path) === this.#shown.text;
    const counted = isOfThisRun && stored.problem === undefined ? (this.#shown?.before ?? stored) : stored;
    const { agreement, granted } = counted;
    const remembered = rememberedOf(counted);
    const isFirst = isOfThisRun && remembered.is === "notice due";
    return {
      remembered: isFirst ? { is: "notice in this run" } : remembered,
      promised: agreement === undefined ? [] : promised(agreement, this.catalogue),
      held: (consent) => (agreement === undefined ? {} : beyond(agreement, this.catalogue, consent, granted).held),
    };
  }

  /** The names of what goes beyond the user's agreement; empty for the first notice, `undefined` where none is due. */
  due(consent: Consent = BY_DEFAULT): readonly string[] | undefined {
    const { problem, choice, date, agreement, granted } = this.read();
    if (problem !== undefined || choice === OFF) return undefined;
    if (date === undefined || agreement === undefined) return [];
    const { names } = beyond(agreement, this.catalogue, choice ?? consent, granted);
    return names.length > 0 ? names : undefined;
  }

  /** Remembers what the user chose. Off deletes what was kept of runs. Throws if it cannot be written. */
  choose(choice: Consent): void {
    this.#write(choice);
    this.#shown = undefined;
    if (choice !== OFF) return;
    const path = this.#path(LAST_RUN);
    if (path !== undefined) fs.rmSync(path, { force: true });
    this.#sweep();
  }

  /** Remembers that the user has seen the notice. What it tells of is held back in this run. */
  noticeShown(): void {
    const before = this.read();
    this.#write(undefined);
    const path = this.#path(FILE);
    this.#shown = { before, text: path === undefined ? undefined : textOf(path) };
  }

  #write(choice: Consent | undefined): void {
    const path = this.#path(FILE);
    if (path === undefined) throw new Error("there is no folder for settings");
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const found = this.#find(path);
    if (found !== undefined && "doubt" in found && choice === undefined) throw new Error(found.doubt);
    const before = found !== undefined && "entry" in found ? found.entry : undefined;
    const document = documentOf(path);
    document.insert(this.catalogue.name, this.#entry(choice, before));
    this.#sweep();
    this.#replace(path, choice, before, document);
  }

  /** Writes a document. Where that fails, a choice of less than before empties the file, so that the old one goes. */
  #replace(path: string, choice: Consent | undefined, before: Entry | undefined, document: Document): void {
    if (choice === OFF && before !== undefined && !document.isShared(this.catalogue.name)) empty(path);
    try {
      replaceFile(destination(path), document.text());
    } catch (error) {
      const was = before === undefined ? undefined : choiceOf(before, this.catalogue);
      const isLess = choice !== undefined && was !== undefined && !includes(choice, was);
      if (choice === OFF || isLess) empty(path);
      if (choice === OFF && this.read().problem !== undefined) return; // that means off
      throw error;
    }
  }

  #entry(choice: Consent | undefined, before: Entry | undefined): Entry {
    const was = before === undefined ? undefined : choiceOf(before, this.catalogue);
    const chosen = choice ?? was;
    const granted = chosen === undefined ? undefined : channelNames(this.catalogue, chosen);
    const kept = granted?.length === 0 ? undefined : before;
    const { libraries, installation_id = this.#draw(chosen ?? BY_DEFAULT), reported } = kept ?? {};
    const date = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace(".000Z", "Z");
    const entry = { version: this.catalogue.version, date, granted, agreed: agreementTo(this.catalogue), libraries, reported };
    return { ...entry, installation_id: granted?.length === 0 ? undefined : installation_id } as Entry;
  }

  /** A new installation id, where an attribute may carry one. */
  #draw(consent: Consent): Entry["installation_id"] {
    const ids = this.catalogue.installationId?.attributes ?? [];
    const isCarried = this.catalogue.signals.some(({ needs, members }) => {
      const own = members.filter(({ attribute }) => ids.includes(attribute.id));
      return includes(consent, needs) && own.some(({ attribute }) => includes(consent, attribute.needs));
    });
    return isCarried ? { id: randomUUID(), drawn: new Date().toISOString() } : undefined;
  }

  /** Deletes what killed processes left of writing. */
  #sweep(): void {
    if (this.folder === undefined) return;
    for (const name of fs.readdirSync(this.folder)) {
      if (!/^\.telemetry(-last-run)?\.json\.[0-9]+-[0-9a-f]{16}$/.test(name)) continue;
      const path = join(this.folder, name);
      const age = Date.now() - (fs.lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > OLD) fs.rmSync(path, { force: true });
    }
  }
}

/** The platform's folder for settings, in one of the catalogue's name; `undefined` without a home. */
function settingsOf({ name }: Catalogue): string | undefined {
  const home = homedir();
  const { XDG_CONFIG_HOME: xdg, APPDATA: roaming } = process.env;
  const own = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config");
  const folders: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(home, "Library", "Preferences"),
    win32: roaming ?? join(home, "AppData", "Roaming"),
  };
  const folder = join(folders[process.platform] ?? own, name);
  return isAbsolute(folder) ? folder : undefined;
}

function documentOf(path: string): Document {
  try {
    const text = readText(path);
    return text === undefined ? new Document() : Document.parse(text);
  } catch {
    return Document.inDoubt();
  }
}

function storedOf(entry: Entry, catalogue: Catalogue): Stored {
  const parts = {
    choice: choiceOf(entry, catalogue),
    date: entry.date,
    version: entry.version,
    granted: entry.granted,
    agreement: entry.agreed,
    installationId: entry.installation_id?.id,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** The user's choice. A channel that is on by default and that they were never shown comes with the default. */
function choiceOf({ granted, agreed }: Entry, catalogue: Catalogue): Consent | undefined {
  if (granted === undefined || agreed === undefined) return undefined;
  const number = (name: string) => (name === "opt_in" ? 1 : channelNumber(catalogue, name));
  const own = granted.map(number).filter((one) => one !== undefined);
  const isNew = (name: string) => !Object.hasOwn(agreed.channels ?? {}, name);
  const added = catalogue.channels.filter((one) => granted.includes("default") && one.number >= 20 && isNew(one.name));
  const all = [...own, ...added.map((one) => one.number)];
  return tidied(catalogue, all.reduce((set, one) => set | setOf(one), OFF));
}

function rememberedOf({ problem, choice, date }: Stored): Remembered {
  if (problem !== undefined) return { is: "doubtful", why: problem };
  if (date === undefined) return { is: "notice due" };
  return choice === undefined ? { is: "notice shown" } : { is: "chosen", consent: choice, date };
}

function textOf(path: string): string | undefined {
  try {
    return readText(path);
  } catch {
    return undefined;
  }
}

/** The text of a file; `undefined` when there is none. Throws if there is something that cannot be read or trusted. */
function readText(path: string): string | undefined {
  const [target, isLinked] = follow(path);
  const found = fs.lstatSync(target, { throwIfNoEntry: false });
  if (found === undefined) {
    if (isLinked) throw new Error("it is a link to a file that is not there");
    return undefined;
  }
  if (!found.isFile()) throw new Error("it is not a regular file");
  if (found.size > LONGEST) throw new Error("it is too large");
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  const file = fs.openSync(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fs.readFileSync(file));
  } finally {
    fs.closeSync(file);
  }
}

/** Follows links, and looks whether what is there may be trusted. */
function follow(path: string): [string, boolean] {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const found = fs.lstatSync(target, { throwIfNoEntry: false });
    if (found === undefined) return [target, links > 0];
    checkOwner(target, found);
    if (!found.isSymbolicLink()) return [target, links > 0];
    target = resolve(dirname(target), fs.readlinkSync(target));
  }
  throw new Error("its links lead in a circle");
}

/** Only this user may write to a folder with a file of another's. */
function checkOwner(path: string, found: fs.Stats): void {
  const user = process.geteuid?.();
  if (user === undefined || found.uid === user) return;
  const folder = fs.statSync(dirname(path));
  const isForeign = folder.uid !== user && folder.uid !== 0;
  if (isForeign || (folder.mode & 0o022) !== 0) {
    throw new Error("it belongs to another user, in a folder that others may write to");
  }
}

/** The file to write: where a link leads to, unless that is a stranger's file. */
function destination(path: string): string {
  try {
    const [target, isLinked] = follow(path);
    const found = fs.lstatSync(target, { throwIfNoEntry: false });
    return isLinked && (found === undefined || isOurs(target, found)) ? target : path;
  } catch {
    return path;
  }
}

function isOurs(path: string, found: fs.Stats): boolean {
  if (!found.isFile() || found.nlink !== 1 || found.size > LONGEST) return false;
  const text = fs.readFileSync(path, "utf8");
  return text === "" || text.includes(MARK);
}

/** Replaces a file as a whole, readable by its owner only. */
function replaceFile(path: string, text: string): void {
  const name = `.${path.slice(dirname(path).length + 1)}.${process.pid}-${randomBytes(8).toString("hex")}`;
  const fresh = join(dirname(path), name);
  try {
    const file = fs.openSync(fresh, "wx", 0o600);
    try {
      fs.writeSync(file, text);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(fresh, path);
  } catch (error) {
    fs.rmSync(fresh, { force: true });
    throw error;
  }
}

/** Empties a file in place, which needs no room on the disk. An empty file means off. */
function empty(path: string): void {
  try {
    const target = destination(path);
    const found = fs.lstatSync(target, { throwIfNoEntry: false });
    if (found !== undefined && !isOurs(target, found)) return;
    if (found !== undefined && (found.mode & 0o200) === 0) fs.chmodSync(target, 0o600);
    fs.writeFileSync(target, "", { mode: 0o600 });
  } catch {
    // Whoever calls looks what is there now.
  }
}
