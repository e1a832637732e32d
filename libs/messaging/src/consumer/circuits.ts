import type { Circuit, CircuitState } from './circuit.js';
import type { Delivery } from './delivery.js';
import { circuitKeyOf } from './key-id.js';
import type { RegisteredHandler } from './registered-handler.js';

/** The circuits of a consumer's handlers, as its lanes need them. */
export class Circuits {
  readonly #circuits: readonly { readonly handler: string; readonly circuit: Circuit }[];

  constructor(handlers: readonly RegisteredHandler[]) {
    this.#circuits = handlers.flatMap(({ definition, circuit }) =>
      circuit === undefined ? [] : [{ handler: definition.name, circuit }],
    );
  }

  /** Which deliveries have to wait, and with them their lanes; `undefined` while every circuit is closed: the rule. */
  get waits(): ((delivery: Delivery) => boolean) | undefined {
    return this.#areClosed ? undefined : waitsForCircuit;
  }

  onChange(listener: (handler: string, state: CircuitState) => void): void {
    for (const { handler, circuit } of this.#circuits) circuit.onChange((state) => listener(handler, state));
  }

  /** Of what was taken, a probe that was settled without its circuit hearing of it: a duplicate, or parked behind its key. */
  settled(taken: readonly Delivery[]): void {
    if (this.#areClosed) return;
    for (const { record, read, settled } of taken) {
      if (settled && read.reading.kind === 'message') read.reading.handler.circuit?.forgetProbe(circuitKeyOf(record));
    }
  }

  /** The lanes were dealt out anew, and the probes with them. */
  forgetProbes(): void {
    for (const { circuit } of this.#circuits) circuit.forgetProbe();
  }

  /** What an operator should know, where a circuit isn't closed. */
  detail(): string | undefined {
    const open = this.#circuits.filter(({ circuit }) => circuit.state !== 'closed');
    if (open.length === 0) return undefined;
    const handlers = open.map(({ handler, circuit }) => `${handler} (${circuit.state})`).join(', ');
    return `degraded: messages wait for what these handlers call: ${handlers}`;
  }

  get #areClosed(): boolean {
    return this.#circuits.every(({ circuit }) => circuit.state === 'closed');
  }
}

/** Whether what the delivery waits for lies outside: its circuit is open, or its payload isn't here yet. Changes nothing. */
export function waitsForOutside({ read: { reading }, record, failure }: Delivery): boolean {
  if (reading.kind !== 'message' || failure !== undefined) return reading.kind === 'by-reference';
  return reading.handler.circuit?.mayAdmit(circuitKeyOf(record)) === false;
}

function waitsForCircuit({ read, record, failure }: Delivery): boolean {
  const { reading } = read;
  // Payloads that were fetched and wait would take the room of other handlers' payloads.
  if (reading.kind === 'by-reference') return reading.handler.circuit?.mayAdmit(circuitKeyOf(record)) === false;
  if (reading.kind !== 'message' || failure !== undefined) return false;
  return reading.handler.circuit?.admits(circuitKeyOf(record)) === false;
}
