import type { DomainEvent } from './event-stream.js';

/** An aggregate as two pure parts: what exists after each event; business verbs then decide on new events from the state. */
export interface Evolution<State, Event extends DomainEvent> {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
}

/** The state after a history. */
export function replay<State, Event extends DomainEvent>(
  { initial, evolve }: Evolution<State, Event>,
  events: readonly Event[],
): State {
  return events.reduce(evolve, initial);
}
