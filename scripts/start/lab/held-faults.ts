import { progress } from '../output.js';

/** What was chosen of each of a fault's choices, by its name. */
export type Settings = Readonly<Record<string, string>>;
/** Reverses a fault; called again if it fails. */
export type EndFault = () => void | Promise<void>;

/** Something that the lab can break, and that is whole again when it ends. */
export interface Fault {
  readonly name: string;
  /** What it can be set to; the first of each is the usual one. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** Why it can't be had here. */
  readonly unavailable?: string | undefined;
  /** @param struck to be called each time that it has done something */
  begin(settings: Settings, struck: () => void): EndFault | Promise<EndFault>;
}

/** What is told of a fault. */
export interface FaultState {
  readonly name: string;
  readonly choices: Fault['choices'];
  readonly unavailable: string | null;
  readonly active: { readonly settings: Settings; readonly since: string; readonly until: string } | null;
  /** How often it has struck since it last began. */
  readonly did: number;
}

interface Held {
  readonly settings: Settings;
  readonly since: string;
  readonly until: string;
  readonly begun: Promise<EndFault>;
  readonly timer: NodeJS.Timeout;
  ending?: Promise<void>;
}

export const SHORTEST_S = 10;
export const LONGEST_S = 120;
const END_AGAIN_MS = 1_000;

/**
 * The faults of this machine, at most one of each at a time. Their end is held here, in the process that everything else depends on: a
 * fault ends on time whatever has become of the lab or the page that began it.
 */
export class HeldFaults {
  readonly #faults: ReadonlyMap<string, Fault>;
  readonly #held = new Map<string, Held>();
  readonly #did = new Map<string, number>();
  #over = false;

  constructor(faults: readonly Fault[]) {
    this.#faults = new Map(faults.map((fault) => [fault.name, fault]));
  }

  list(): readonly FaultState[] {
    return [...this.#faults.values()].map(({ name, choices, unavailable = null }) => {
      const held = this.#held.get(name);
      const active = held === undefined ? null : { settings: held.settings, since: held.since, until: held.until };
      return { name, choices, unavailable, active, did: this.#did.get(name) ?? 0 };
    });
  }

  /** @throws RangeError, which says what is wrong; or what the fault couldn't begin with */
  async begin(name: string, settings: Settings, seconds: number): Promise<void> {
    const fault = this.#faults.get(name);
    if (fault === undefined) throw new RangeError(`There is no fault ${name}`);
    if (fault.unavailable !== undefined) throw new RangeError(fault.unavailable);
    if (this.#over) throw new RangeError('Everything is being stopped');
    if (this.#held.has(name)) throw new RangeError(`${name} is active already: end it first`);
    if (!(seconds >= SHORTEST_S && seconds <= LONGEST_S)) {
      throw new RangeError(`A fault is held for ${SHORTEST_S} to ${LONGEST_S} seconds, got ${seconds}`);
    }
    for (const [choice, values] of Object.entries(fault.choices)) {
      if (!values.includes(settings[choice] ?? '')) {
        throw new RangeError(`${choice} must be one of ${values.join(', ')}, got ${settings[choice]}`);
      }
    }
    await this.#hold(fault, settings, seconds);
  }

  /** Ends it now; nothing to do if it isn't active. Resolves once it is reversed. */
  async end(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held !== undefined) await (held.ending ??= this.#reverse(name, held));
  }

  /** Ends all, and lets none begin any more. */
  async stop(): Promise<void> {
    this.#over = true;
    await Promise.all([...this.#held.keys()].map((name) => this.end(name)));
  }

  async #hold(fault: Fault, settings: Settings, seconds: number): Promise<void> {
    const { name } = fault;
    this.#did.set(name, 0);
    const struck = (): void => void this.#did.set(name, (this.#did.get(name) ?? 0) + 1);
    const now = Date.now();
    const held: Held = {
      settings,
      since: new Date(now).toISOString(),
      until: new Date(now + seconds * 1_000).toISOString(),
      begun: (async () => fault.begin(settings, struck))(),
      timer: setTimeout(() => void this.end(name), seconds * 1_000),
    };
    this.#held.set(name, held);
    progress(`lab: ${[name, ...Object.values(settings)].join(' ')}, for ${seconds} s`);
    try {
      await held.begun;
    } catch (error) {
      clearTimeout(held.timer);
      this.#held.delete(name);
      throw error;
    }
  }

  async #reverse(name: string, { begun, timer }: Held): Promise<void> {
    clearTimeout(timer);
    const end = await begun.catch(() => () => {}); // it never began
    for (;;) {
      try {
        await end();
        break;
      } catch (error) {
        progress(`lab: ${name} can't be ended yet: ${error instanceof Error ? error.message : String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, END_AGAIN_MS));
      }
    }
    this.#held.delete(name);
    progress(`lab: ${name} has ended`);
  }
}
