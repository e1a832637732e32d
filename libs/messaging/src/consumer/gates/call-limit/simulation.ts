import { CallLimit } from './call-limit.js';
import type { CallClass } from './call-limit.js';

/** Attempts of a message that count, and the delays between them: the default policy. */
const DELAYS_MS = [0, 0, 1_000, 2_000, 4_000, 8_000, 16_000];
const MOST_CALLS = 1_024;
const MOST_FAILED = MOST_CALLS / 4;
const GOOD_CALL_MS = 50;
/** How long what waits in a lane may, while no call of the handler starts. */
const STUCK_MS = 1_000;

interface Scenario {
  readonly poisonShare: number;
  readonly timeoutMs: number;
  readonly perSecond?: number;
  readonly lastsMs?: number;
  readonly poisonFirst?: number;
  readonly outage?: { readonly fromMs: number; readonly toMs: number };
  readonly seed?: number;
}

interface Order {
  readonly id: string;
  readonly isPoison: boolean;
  readonly arrivedAtMs: number;
  attempts: number;
  calls: number;
  endedAtMs: number | undefined;
  isDead: boolean;
}

/**
 * A consumer in virtual time: orders arrive, wait in the lane for room or are put off, and are called again by the policy. Each
 * fifth good order is undone as soon as it has ended, by a handler with a limit of its own.
 */
export function simulate(scenario: Scenario) {
  const { poisonShare, timeoutMs, perSecond = 20, lastsMs = 60_000, poisonFirst = 0, outage, seed = 1 } = scenario;
  let nowMs = 0;
  const random = randomOf(seed);
  const limit = new CallLimit(MOST_CALLS, () => nowMs, random);
  const undoingLimit = new CallLimit(MOST_CALLS, () => nowMs, random);
  const agenda = new Agenda();
  const orders: Order[] = [];
  const undoings: number[] = [];
  const waiting: Order[] = [];
  const putOff = new Map<Order, () => void>();
  const inFlight = { fresh: 0, failed: 0 };
  let startedAtMs = 0;
  let callsWhileDown = 0;

  const isOut = (): boolean => outage !== undefined && nowMs >= outage.fromMs && nowMs < outage.toMs;
  const callClassOf = (order: Order): CallClass => limit.classOf(order.id, order.attempts + 1);

  const hasRoom = (callClass: CallClass): boolean =>
    limit.room(callClass) > 0 &&
    inFlight.fresh + inFlight.failed < MOST_CALLS &&
    (callClass === 'fresh' || inFlight.failed < MOST_FAILED);

  function comeAgain(order: Order, afterMs: number): void {
    let isDone = false;
    const come = (): void => {
      if (isDone) return;
      isDone = true;
      putOff.delete(order);
      take(order);
    };
    putOff.set(order, come);
    agenda.at(nowMs + afterMs, come);
  }

  /** From the failure store: called now or put off. */
  function take(order: Order): void {
    if (hasRoom(callClassOf(order))) call(order);
    else comeAgain(order, limit.putOffMs(callClassOf(order)));
  }

  /** From a lane. */
  function arrive(order: Order): void {
    orders.push(order);
    if (limit.isDown) take(order);
    else {
      waiting.push(order);
      drain();
    }
  }

  function drain(): void {
    while (waiting.length > 0 && hasRoom('fresh')) {
      const next = waiting.shift();
      if (next) call(next);
    }
    if (waiting.length > 0 && (limit.isDown || nowMs - startedAtMs >= STUCK_MS)) {
      for (const order of waiting.splice(0)) comeAgain(order, limit.putOffMs(callClassOf(order)));
    }
  }

  function call(order: Order): void {
    const running = limit.start(order.id, callClassOf(order));
    inFlight[running.callClass] += 1;
    startedAtMs = nowMs;
    order.calls += 1;
    if (isOut()) callsWhileDown += 1;
    const fails = order.isPoison || isOut();
    agenda.at(nowMs + (fails ? timeoutMs : GOOD_CALL_MS * (0.5 + random())), () => {
      inFlight[running.callClass] -= 1;
      const wasDown = limit.isDown;
      if (fails) {
        limit.failed(running);
        fail(order);
      } else {
        limit.succeeded(running);
        order.endedAtMs = nowMs;
        if (wasDown) for (const come of putOff.values()) agenda.at(nowMs + 100, come);
        if (Number(order.id) % 5 === 0) undo();
      }
      drain();
    });
  }

  function fail(order: Order): void {
    if (limit.isDown) return comeAgain(order, limit.putOffMs('failed'));
    order.attempts += 1;
    const delayMs = DELAYS_MS[order.attempts - 1];
    if (delayMs === undefined) order.isDead = true;
    else agenda.at(nowMs + delayMs, () => take(order));
  }

  function undo(): void {
    const askedAtMs = nowMs;
    if (isOut() || undoingLimit.room('fresh') === 0) return;
    const running = undoingLimit.start(`undo ${nowMs}`, 'fresh');
    agenda.at(nowMs + GOOD_CALL_MS, () => {
      undoingLimit.succeeded(running);
      undoings.push(nowMs - askedAtMs);
    });
  }

  const place = (id: number, isPoison: boolean): void =>
    arrive({
      id: String(id),
      isPoison,
      arrivedAtMs: nowMs,
      attempts: 0,
      calls: 0,
      endedAtMs: undefined,
      isDead: false,
    });
  for (let n = 0; n < poisonFirst; n += 1) agenda.at(0, () => place(n, true));
  for (let n = 0; n < (lastsMs * perSecond) / 1_000; n += 1) {
    agenda.at((poisonFirst > 0 ? 10_000 : 0) + (n * 1_000) / perSecond, () =>
      place(poisonFirst + n, random() < poisonShare),
    );
  }
  // Good orders to the end, as in life: few of them, so that poison can be told from an outage.
  const goodToTheEnd = poisonShare < 1 ? 300 : 0;
  for (let n = 0; n < goodToTheEnd; n += 1) agenda.at(lastsMs + 20_000 + n * 1_000, () => place(1_000_000 + n, false));
  const tick = (): void => {
    drain();
    if (nowMs < lastsMs + 320_000) agenda.at(nowMs + 100, tick);
  };
  agenda.at(0, tick);
  agenda.run(lastsMs + 320_000, (atMs) => (nowMs = atMs));

  const good = orders.filter(({ isPoison }) => !isPoison);
  const counted = good.filter(({ id }) => Number(id) < 1_000_000);
  const poison = orders.filter(({ isPoison }) => isPoison);
  const latencies = counted.flatMap(({ endedAtMs, arrivedAtMs }) =>
    endedAtMs === undefined ? [] : [endedAtMs - arrivedAtMs],
  );
  latencies.sort((a, b) => a - b);
  return {
    good: {
      p50: latencies[Math.floor(latencies.length * 0.5)] ?? Number.NaN,
      p99: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
      unended: good.filter(({ endedAtMs }) => endedAtMs === undefined).length,
      worstAfter: (fromMs: number): number =>
        Math.max(
          0,
          ...good.map((order) => (order.arrivedAtMs < fromMs ? 0 : (order.endedAtMs ?? Infinity) - order.arrivedAtMs)),
        ),
    },
    undoings: { max: Math.max(0, ...undoings) },
    deadGood: good.filter(({ isDead }) => isDead).length,
    poison: poison.length,
    deadPoison: poison.filter(({ isDead }) => isDead).length,
    mostPoisonCalls: Math.max(0, ...poison.map(({ calls }) => calls)),
    callsWhileDown,
  };
}

/** What happens when, in order of time; a binary heap would be quicker, and isn't needed. */
class Agenda {
  readonly #buckets = new Map<number, (() => void)[]>();
  readonly #times: number[] = [];

  at(atMs: number, work: () => void): void {
    const time = Math.ceil(atMs);
    const bucket = this.#buckets.get(time);
    if (bucket) {
      bucket.push(work);
      return;
    }
    this.#buckets.set(time, [work]);
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) > time) low = middle + 1;
      else high = middle;
    }
    this.#times.splice(low, 0, time); // latest first, so that the next one is popped
  }

  run(untilMs: number, onTime: (atMs: number) => void): void {
    for (let time = this.#times.pop(); time !== undefined && time < untilMs; time = this.#times.pop()) {
      onTime(time);
      const bucket = this.#buckets.get(time) ?? [];
      for (let work = bucket.shift(); work !== undefined; work = bucket.shift()) work();
      this.#buckets.delete(time);
    }
  }
}

/** mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
