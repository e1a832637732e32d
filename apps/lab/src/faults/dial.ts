/** Something that the lab can break, or a load that it can put on. Whole again when it ends, and it ends by itself. */
export interface Dial {
  readonly name: string;
  /** `once`: it does what it does, and there is nothing to hold or to end. */
  readonly kind: 'held' | 'once';
  /** What it can be set to; the first of each is the usual one. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** Why it can't be had here or now. */
  readonly unavailable: string | null;
  readonly active: {
    readonly settings: Settings;
    /** RFC 3339. */
    readonly since: string;
    readonly until: string;
  } | null;
  /** How often it has struck since it last began. */
  readonly did: number;
}

/** What was chosen of each choice, by its name. */
export type Settings = Readonly<Record<string, string>>;

/** Whoever holds some of the dials, and their end. */
export interface DialHolder {
  /** Never rejects: what can't be had now says so. */
  dials(): Promise<readonly Dial[]>;
  /** @param settings one of the choices for each. @throws ProblemError 409 */
  begin(name: string, settings: Settings, seconds: number): Promise<void>;
  /** Nothing to do if it isn't active. */
  end(name: string): Promise<void>;
}

export const SHORTEST_S = 10;
export const LONGEST_S = 120;
