import type { ServiceName } from '@waybill/contracts';

import { CliError } from '../cli.errors.js';
import { type ExitCode, worst } from '../exit-code.js';
import type { AdminClient } from './admin-client.js';

export interface ServiceAnswer<T> {
  readonly service: ServiceName;
  readonly answer: T;
}

/** A service that gave no answer; the others' answers stand. */
export interface ServiceFailure {
  readonly service: ServiceName;
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
}

export interface Answers<T> {
  readonly answers: readonly ServiceAnswer<T>[];
  readonly failures: readonly ServiceFailure[];
}

/** Asks all of them at once. One that can't answer takes nothing from the others. */
export async function askServices<T>(
  clients: readonly AdminClient[],
  ask: (client: AdminClient) => Promise<T>,
): Promise<Answers<T>> {
  const answers: ServiceAnswer<T>[] = [];
  const failures: ServiceFailure[] = [];
  await Promise.all(
    clients.map(async (client) => {
      try {
        answers.push({ service: client.service, answer: await ask(client) });
      } catch (error) {
        failures.push(failureOf(client.service, error));
      }
    }),
  );
  const order = clients.map(({ service }) => service);
  const inOrder = (a: { service: ServiceName }, b: { service: ServiceName }): number =>
    order.indexOf(a.service) - order.indexOf(b.service);
  return { answers: answers.sort(inOrder), failures: failures.sort(inOrder) };
}

/** @throws error itself if it is a defect of ours. */
export function failureOf(service: ServiceName, error: unknown): ServiceFailure {
  if (!(error instanceof CliError)) throw error;
  return { service, code: error.code, message: error.message, exitCode: error.exitCode };
}

export function exitCodeOf(failures: readonly ServiceFailure[]): ExitCode {
  return worst(failures.map(({ exitCode }) => exitCode));
}
