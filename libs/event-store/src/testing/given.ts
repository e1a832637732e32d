import { replay } from '../decider.js';
import type { Evolution } from '../decider.js';
import type { DomainEvent } from '../event-stream.js';

interface Then<Event> {
  /** Exactly these events, in this order. */
  thenEvents(...expected: readonly Event[]): void;
  thenNothing(): void;
  /** The decision is refused with an error that has this `code`. */
  thenRefused(code: string): void;
}

interface When<State, Event> {
  when(decide: (state: State) => readonly Event[]): Then<Event>;
}

/**
 * Given a history, when a verb is called on the state it makes, then these events follow. Without a database or a runner:
 * a wrong outcome throws.
 */
export function given<State, Event extends DomainEvent>(
  evolution: Evolution<State, Event>,
  ...history: readonly Event[]
): When<State, Event> {
  return {
    when(decide) {
      const outcome = attempt(() => decide(replay(evolution, history)));
      return {
        thenEvents: (...expected) => assertSame(outcome, { events: expected }),
        thenNothing: () => assertSame(outcome, { events: [] }),
        thenRefused: (code) => assertSame(outcome, { refused: code }),
      };
    },
  };
}

function attempt(decide: () => readonly DomainEvent[]): object {
  try {
    return { events: decide() };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { refused: error.code };
    throw error;
  }
}

function assertSame(actual: object, expected: object): void {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(sorted(value), undefined, 2));
  if (left !== right) throw new Error(`Expected ${right}\nbut decided ${left}`);
}

/** Keys in one order, so that two equal values have one text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}
