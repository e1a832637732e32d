import { replay } from '../decider.js';
import type { Evolution } from '../decider.js';
import type { DomainEvent } from '../event-stream.js';

/** The events that were decided on, or the `code` of the error that refused the decision. */
export type Outcome<Event> = readonly Event[] | { readonly refused: unknown };

/**
 * Given a history, when a verb is called on the state it makes, then these events follow:
 * `expect(given(evolution, ...history).when(decide)).toEqual([event])`, or `.toEqual({ refused: 'CODE' })`.
 * An error without a `code` is a defect and is thrown on.
 */
export function given<State, Event extends DomainEvent>(
  evolution: Evolution<State, Event>,
  ...history: readonly NoInfer<Event>[]
): { when(decide: (state: State) => readonly Event[]): Outcome<Event> } {
  return {
    when(decide) {
      const state = replay(evolution, history);
      try {
        return decide(state);
      } catch (error) {
        if (error instanceof Error && 'code' in error) return { refused: error.code };
        throw error;
      }
    },
  };
}
