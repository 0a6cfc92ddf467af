/** Notes about values that did not pass as they were given. */

/** The reason why a value did not pass. */
export type Why = "unknown" | "consent" | "value" | "duplicate" | "missing" | "cut" | "replaced";

/** Every reason, in order. */
export const REASONS: readonly Why[] = ["unknown", "consent", "value", "duplicate", "missing", "cut", "replaced"];

/** Returns true if a reason counts in the `droppedAttributesCount` of its signal. */
export function isDropped(why: Why): boolean {
  return why !== "consent" && why !== "cut" && why !== "replaced";
}

/** Takes note of every value that does not pass, and of the channels of what does. */
export class Notes {
  readonly list: [Why, string][] = [];
  /** The channels of what passed. */
  used = 0;

  constructor(
    /** The channels that were granted. */
    readonly consent: number,
    /** The keys of attributes that the user has not agreed to yet. */
    readonly held?: ReadonlySet<string>,
  ) {}

  note(why: Why, path: string): void {
    this.list.push([why, path]);
  }

  mark(): readonly [number, number] {
    return [this.list.length, this.used];
  }

  /** Forgets what was noted since. */
  rewind([length, used]: readonly [number, number]): void {
    this.list.length = length;
    this.used = used;
  }

  /** The number of values that were left out. */
  dropped(): number {
    return this.list.reduce((sum, [why]) => sum + (isDropped(why) ? 1 : 0), 0);
  }
}
