import { signal } from '@preact/signals';

import { randomId } from './random-id.js';

export type ServiceName = 'order' | 'payment' | 'inventory' | 'shipping';
export const SERVICES: readonly ServiceName[] = ['order', 'payment', 'inventory', 'shipping'];

export interface Session {
  readonly role: 'operator' | 'reader';
  readonly needsToken: boolean;
  /** Whether there is a lab: with `npm start` alone. */
  readonly hasLab: boolean;
}

/** `null`: nobody has signed in. `undefined`: not known yet. */
export const session = signal<Session | null | undefined>(undefined);
export const mayAct = (): boolean => session.value?.role === 'operator';

export interface FieldFault {
  readonly pointer: string;
  readonly message: string;
}

/** An answer that isn't one, in words for a person. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly faults: readonly FieldFault[] = [],
    /** What else it says. */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly idempotencyKey?: string;
}

/** @throws Refusal */
export async function call<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  const { method = 'GET', body, signal: stop, idempotencyKey } = options;
  let response: Response;
  try {
    response = await fetch(`/console/api${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        'x-waybill-console': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(stop === undefined ? {} : { signal: stop }),
    });
  } catch (error) {
    if (stop?.aborted === true) throw error;
    throw new Refusal(0, 'CONSOLE_UNREACHABLE', 'The console itself does not answer. Is the order service running?');
  }
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer;
  const refusal = refusalOf(response.status, text);
  if (refusal.code === 'SIGN_IN') session.value = null;
  throw refusal;
}

function refusalOf(status: number, text: string): Refusal {
  try {
    const body = JSON.parse(text) as {
      code?: string;
      detail?: string;
      errors?: readonly FieldFault[];
    };
    const { code = `HTTP ${status}`, detail = `The answer was HTTP ${status}.`, errors } = body;
    return new Refusal(status, code, detail, errors, body);
  } catch {
    return new Refusal(status, `HTTP ${status}`, `The answer was HTTP ${status}.`);
  }
}

/** Asks a service, by the gateway. */
export function ask<Answer>(service: ServiceName, path: string, signal?: AbortSignal): Promise<Answer> {
  return call<Answer>(`/services/${service}${path}`, { signal });
}

/** Changes something. The same key again, as after a lost answer, changes it once. */
export function act<Answer>(
  service: ServiceName,
  path: string,
  body: unknown,
  idempotencyKey: string = randomId(),
): Promise<Answer> {
  return call<Answer>(`/services/${service}${path}`, { method: 'POST', body, idempotencyKey });
}

/** Asks the lab, where there is one. @throws Refusal */
export function askLab<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  return call<Answer>(`/lab${path}`, options);
}

/** What was learnt, or why it wasn't: a list that couldn't be asked for is no empty list. */
export type Learnt<Value> = { readonly value: Value } | { readonly refusal: Refusal };

export async function learn<Value>(asked: Promise<Value>): Promise<Learnt<Value>> {
  try {
    return { value: await asked };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}
