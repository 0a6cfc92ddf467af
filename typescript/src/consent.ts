/**
 * Decides which channels are granted, and says why. The layers are Rust's, in the same order: environment, switches,
 * application, stored choice, continuous integration, default. The first one that says anything decides.
 */

import { type Catalogue, DEFAULT, OPT_IN, type OptOut, setOf } from "./catalogue.js";

/** A set of channels: bit `n` is channel `n`. */
export type Consent = number;

/** Nothing is granted. */
export const OFF: Consent = 0;
/** The channels that are on by default. */
export const BY_DEFAULT: Consent = setOf(DEFAULT) | (0x3ff << 20);
/** The channels that are on by default, and the opt-in channel. */
export const OPTED_IN: Consent = BY_DEFAULT | setOf(OPT_IN);

/** The places that consent is decided in, strongest first. */
export type LayerName =
  | "environment"
  | "switches"
  | "application"
  | "stored choice"
  | "continuous integration"
  | "default";

/** What one layer says; `consent` is missing when it says nothing. */
export interface Layer {
  readonly name: LayerName;
  readonly consent?: Consent;
  readonly reason?: string;
  readonly decided: boolean;
}

/** A decision about consent, and why it was made. */
export interface Decision {
  readonly consent: Consent;
  readonly reason: string;
  readonly layers: readonly Layer[];
}

/** The user's answer, as far as it is remembered. */
export type Remembered =
  | { readonly is: "not kept" | "notice due" | "notice shown" | "notice in this run" }
  | { readonly is: "chosen"; readonly consent: Consent; readonly date: string }
  | { readonly is: "doubtful"; readonly why: string };

/** Everything that the resolver asks. */
export interface Asked {
  readonly catalogue: Catalogue;
  readonly environment: (name: string) => string | undefined;
  readonly explicit?: Consent | undefined;
  readonly remembered?: Remembered;
  readonly askFirst?: boolean;
  /** Opt-outs that the user was told of and that the catalogue has no more. */
  readonly promised?: readonly OptOut[];
  /** The listed flags, settings and commands that are off. */
  readonly switches?: readonly OptOut[];
}

type Said = readonly [Consent, string];

/** The opt-outs that count for every catalogue. */
export const UNIVERSAL_OPT_OUTS = ["DO_NOT_TRACK", "OTEL_SDK_DISABLED"] as const;

const CONTINUOUS_INTEGRATION = [
  "CI",
  "CONTINUOUS_INTEGRATION",
  "GITHUB_ACTIONS",
  "GITLAB_CI",
  "TF_BUILD",
  "JENKINS_URL",
  "TEAMCITY_VERSION",
  "BUILDKITE",
  "CIRCLECI",
  "TRAVIS",
  "APPVEYOR",
  "DRONE",
  "CODEBUILD_BUILD_ID",
  "BITBUCKET_BUILD_NUMBER",
  "CIRRUS_CI",
  "WOODPECKER_CI",
];

/** Asks every layer. */
export function decide(asked: Asked): Decision {
  const { catalogue, explicit, environment } = asked;
  const [stored, otherwise] = remember(asked.remembered ?? { is: "not kept" }, asked.askFirst ?? false);
  const said: [LayerName, Said | undefined][] = [
    ["environment", optedOut(asked)],
    ["switches", switchedOff(asked)],
    ["application", explicit === undefined ? undefined : [explicit, "the application set it"]],
    ["stored choice", stored],
    ["continuous integration", integrated(environment)],
    ["default", otherwise],
  ];
  if (catalogue.optOut.every(isVariable)) said.splice(1, 1);
  const first = said.findIndex(([, says]) => says !== undefined);
  const [consent, reason] = said[first]?.[1] ?? otherwise;
  const layers = said.map(([name, says], position): Layer => {
    const decided = position === first;
    return says === undefined ? { name, decided } : { name, consent: says[0], reason: says[1], decided };
  });
  return { consent, reason, layers };
}

/** What is remembered says, as the stored choice and as the default. */
function remember(remembered: Remembered, askFirst: boolean): [Said | undefined, Said] {
  const asks: Said = [OFF, "the user has not agreed yet"];
  const otherwise: Said = askFirst ? asks : [BY_DEFAULT, "nobody said otherwise"];
  const off = (reason: string): Said => (askFirst ? asks : [OFF, reason]);
  switch (remembered.is) {
    case "not kept":
    case "notice shown":
      return [undefined, otherwise];
    case "notice due":
      return [undefined, off("the notice was not shown yet")];
    case "notice in this run":
      return [undefined, off("the notice was shown in this run")];
    case "chosen":
      return [[remembered.consent, `chosen on ${remembered.date.slice(0, 10)}`], otherwise];
    case "doubtful":
      return [[OFF, `${remembered.why}; that means off`], otherwise];
  }
}

/** The variables that switch everything off: those that always do, and the catalogue's. */
export function variables(catalogue: Catalogue): readonly OptOut[] {
  const always = UNIVERSAL_OPT_OUTS.map((name): OptOut => ({ kind: "variable", name }));
  return [...always, ...catalogue.optOut.filter(isVariable)];
}

/** Returns true for an environment variable. */
export function isVariable(optOut: OptOut): boolean {
  return optOut.kind === "variable" || optOut.kind === "variable_off_when_false";
}

function optedOut({ catalogue, environment, promised = [] }: Asked): Said | undefined {
  for (const optOut of [...variables(catalogue), ...promised.filter(isVariable)]) {
    const value = environment(optOut.name);
    if (value === undefined) continue;
    const isOff = optOut.kind === "variable" ? !saysNo(value) : !saysYes(value);
    if (isOff) return [OFF, `the environment has ${optOut.name}=${value}`];
  }
  return undefined;
}

function switchedOff({ catalogue, switches = [] }: Asked): Said | undefined {
  const isOff = (one: OptOut) => switches.some((other) => other.kind === one.kind && other.name === one.name);
  const found = catalogue.optOut.find((one) => !isVariable(one) && isOff(one));
  if (found === undefined) return undefined;
  const { kind, name } = found;
  if (kind === "flag") return [OFF, `the flag ${name} was given`];
  return [OFF, kind === "command" ? `the command ${name} was run` : `the ${kind} ${name} is off`];
}

function integrated(environment: (name: string) => string | undefined): Said | undefined {
  const isSet = (name: string) => {
    const value = environment(name);
    return value !== undefined && !saysNo(value);
  };
  const found = CONTINUOUS_INTEGRATION.find(isSet);
  return found === undefined ? undefined : [OFF, `${found} says that nobody is here to ask`];
}

/** Returns true for a word for no. Every other word is a yes, known or not. */
function saysNo(value: string): boolean {
  return ["", "0", "false", "no", "off", "n", "f", "disabled"].includes(word(value));
}

/** Returns true for a word for yes. Every other word is a no, known or not. */
function saysYes(value: string): boolean {
  return ["1", "true", "yes", "on", "y", "t", "enabled"].includes(word(value));
}

/** Only ASCII letters fold, and only white space of Unicode goes: no other word becomes one of the list. */
function word(value: string): string {
  return value.replace(/^[\s\u0085]+|[\s\u0085]+$/gu, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Returns true if all needed channels were granted. */
export function includes(consent: Consent, needed: Consent): boolean {
  return (needed & ~consent) === 0;
}

/** The number of a channel by its name. */
export function channelNumber(catalogue: Catalogue, name: string): number | undefined {
  if (name === "default") return DEFAULT;
  if (name === "opt_in") return catalogue.optIn === undefined ? undefined : OPT_IN;
  return catalogue.channels.find((channel) => channel.name === name)?.number;
}

/** The names of the channels in a set that the catalogue has, sorted. */
export function channelNames(catalogue: Catalogue, consent: Consent): string[] {
  const known: [number, string][] = [[DEFAULT, "default"], [OPT_IN, "opt_in"]];
  for (const { number, name } of catalogue.channels) known.push([number, name]);
  const names = known.filter(([number]) => (consent & setOf(number)) !== 0).map(([, name]) => name);
  return names.sort();
}

/** A set with a channel, and with what is granted with it. */
export function granting(catalogue: Catalogue, consent: Consent, channel: number): Consent {
  const known = catalogue.channels.find((one) => one.number === channel);
  return tidied(catalogue, consent | (known?.grants ?? setOf(channel)));
}

/** A set without a channel, and without those that it would be granted with. */
export function refusing(catalogue: Catalogue, consent: Consent, channel: number): Consent {
  if (channel === DEFAULT && catalogue.channels.length === 0) return OFF;
  const grants = catalogue.channels.filter((one) => (one.grants & setOf(channel)) !== 0);
  const rest = grants.reduce((left, one) => left & ~setOf(one.number), consent);
  return tidied(catalogue, rest & ~setOf(channel));
}

/** A set whose numbers that are no channel of this catalogue stand as in the default. Equal permissions are equal sets. */
export function tidied(catalogue: Catalogue, consent: Consent): Consent {
  const known = catalogue.channels.reduce((set, one) => set | setOf(one.number), setOf(DEFAULT) | setOf(OPT_IN));
  const kept = consent & known;
  return (kept & setOf(DEFAULT)) !== 0 ? kept | (BY_DEFAULT & ~known) : kept;
}
