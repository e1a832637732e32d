import type { ServiceName } from '@waybill/contracts';

import type { AdminClient } from '../api/admin-client.js';
import { failureOf, type ServiceFailure } from '../api/ask-services.js';
import { deadLetters } from '../api/dead-letters.js';
import type { LetterFilter, Operator } from '../api/letter-filter.js';
import { replayPort } from './replay-port.js';
import {
  replay,
  replayCanary,
  type ReplayEnd,
  type ReplayPort,
  type ReplayRules,
  type ReplayWatch,
  settle,
} from './replay-service.js';
import { known, NOTHING, type Tally } from './tally.js';
import { canaryLeft } from './verdict.js';

export interface ReplayRequest {
  readonly filter: LetterFilter;
  readonly operator: Operator;
  readonly run: string;
  readonly rules: ReplayRules;
  readonly canary: number | undefined;
}

/** `not-begun`: another service's end stopped the replay first. `declined`: the operator said no after the canary. */
export interface ServiceReplay extends Tally {
  readonly service: ServiceName;
  readonly end: ReplayEnd | 'declined' | 'failed' | 'not-begun';
  readonly remaining: number;
}

export interface ReplayHost {
  /** For one service: shows progress under its name. */
  watch(service: ServiceName, remaining: number): ReplayWatch;
  /** After a canary that passed. */
  goOn(canary: readonly ServiceReplay[]): Promise<boolean>;
}

export interface ReplayResult {
  readonly services: readonly ServiceReplay[];
  readonly failures: readonly ServiceFailure[];
}

/** The canary of every service first, then the rest, one service after the other. The first bad end stops all. */
export async function replayServices(
  clients: readonly AdminClient[],
  request: ReplayRequest,
  host: ReplayHost,
): Promise<ReplayResult> {
  const states = await Promise.all(clients.map((client) => begin(client, request)));
  const listed = (): ReplayResult => ({
    services: states.map(({ ended }) => ended),
    failures: states.flatMap(({ failure }) => failure ?? []),
  });
  const runAll = async (canary: number | undefined): Promise<boolean> => {
    for (const state of states.filter(({ failure }) => failure === undefined)) {
      await runStage(state, request, canary, host.watch(state.client.service, state.ended.remaining));
      if (!GOES_ON.has(state.ended.end)) return false;
    }
    return true;
  };

  if (request.canary !== undefined && owesCanary(request.canary, states)) {
    const passed = await runAll(request.canary);
    const left = states.some(({ ended, failure }) => failure === undefined && ended.remaining > 0);
    if (!passed || !left) return listed();
    if (!(await host.goOn(listed().services))) {
      for (const state of states.filter(({ ended }) => ended.end === 'done' && ended.remaining > 0)) {
        state.ended = { ...state.ended, end: 'declined' };
      }
      return listed();
    }
  }
  await runAll(undefined);
  return listed();
}

/** A resumed run whose canary is behind it goes straight on. */
function owesCanary(canary: number, states: readonly ServiceState[]): boolean {
  return states.some(({ ended }) => ended.remaining > 0 && canaryLeft(canary, ended) > 0);
}

/** What doesn't speak against going on with the other services. */
const GOES_ON: ReadonlySet<ServiceReplay['end']> = new Set(['done', 'failed', 'stuck']);

interface ServiceState {
  readonly client: AdminClient;
  readonly port: ReplayPort;
  ended: ServiceReplay;
  failure?: ServiceFailure;
}

/** Counts first: so that a service that can't be reached is known before anything is changed. */
async function begin(client: AdminClient, request: ReplayRequest): Promise<ServiceState> {
  const { service } = client;
  const port = replayPort(client, request);
  const state: ServiceState = { client, port, ended: { service, end: 'not-begun', ...NOTHING, remaining: 0 } };
  try {
    const remaining = await deadLetters.count(client, request.filter);
    state.ended = { ...state.ended, ...(await port.standing()), remaining };
  } catch (error) {
    fail(state, error);
  }
  return state;
}

async function runStage(
  state: ServiceState,
  { filter, rules }: ReplayRequest,
  canary: number | undefined,
  watch: ReplayWatch,
): Promise<void> {
  try {
    // Letters asked for by id are asked for in any case: the service says why none of them can run.
    const anything = state.ended.remaining > 0 || filter.ids !== undefined;
    const limit = anything ? Math.max(0, rules.limit - tried(state.ended)) : 0;
    const { end, remaining = state.ended.remaining } =
      canary === undefined
        ? await replay(state.port, { ...rules, limit }, watch)
        : await replayCanary(state.port, canary, { ...rules, limit }, watch);
    state.ended = { ...state.ended, end, remaining };
  } catch (error) {
    fail(state, error);
  }
  try {
    // The total reported is the run's own: it also knows what a lost answer has done.
    const standing = await settle(state.port, rules.patienceMs, watch);
    state.ended = { ...state.ended, ...withUntaken(standing, filter.ids, state.ended) };
  } catch (error) {
    fail(state, error);
  }
}

/** The run doesn't know of letters that were asked for by id and are not dead (any more): they were skipped. */
function withUntaken(standing: Tally, ids: readonly string[] | undefined, { end, remaining }: ServiceReplay): Tally {
  if (ids === undefined || end !== 'done') return standing;
  const untaken = new Set(ids).size - tried(standing) - remaining;
  return { ...standing, skipped: standing.skipped + Math.max(0, untaken) };
}

function fail(state: ServiceState, error: unknown): void {
  state.failure ??= failureOf(state.client.service, error);
  state.ended = { ...state.ended, end: 'failed' };
}

function tried({ pending, ...tally }: Tally): number {
  return known({ ...tally, pending }) + pending;
}
