/** How a letter of the test takes a replay. `slowly`: the outcome is known only when it is asked for the third time. */
export type Outcome = 'fails' | 'runs' | 'slowly';

export interface TestLetter {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly heldAt: string;
  readonly payload: Readonly<Record<string, unknown>>;
  outcome: Outcome;
  state: 'dead' | 'discarded' | 'handled' | 'retrying' | 'superseded';
}

interface Attempt {
  readonly letter: TestLetter;
  outcome: 'failed' | 'pending' | 'replayed';
  asked: number;
}

export interface AuditEntry {
  readonly letter: string;
  readonly action: string;
  readonly who: string;
  readonly why: string;
}

type Filter = Readonly<Record<string, readonly string[] | string | undefined>>;

export const ERROR = 'GatewayError: no answer\n    at charge (gateway.ts:1:1)';
export const FINGERPRINT = 'GatewayError at charge (gateway.ts)';

/** Dead letters in memory, with the semantics of the admin API: runs, masking, audit. */
export class LetterBox {
  readonly letters: TestLetter[] = [];
  readonly audit: AuditEntry[] = [];
  readonly #runs = new Map<string, Attempt[]>();

  add(count: number, outcome: Outcome = 'runs', type = 'payment.process.v1'): void {
    for (let index = 0; index < count; index++) {
      const id = String(this.letters.length + 1);
      const heldAt = new Date(Date.parse('2026-11-25T00:00:00Z') + this.letters.length * 1000).toISOString();
      const payload = { orderId: `order-${id}`, name: `Ada ${id}` };
      this.letters.push({ id, key: `order-${id}`, type, heldAt, payload, outcome, state: 'dead' });
    }
  }

  matching(filter: Filter): readonly TestLetter[] {
    const { state = 'dead', type, key, error, fingerprint, since, until, ids } = filter;
    return this.letters.filter(
      (letter) =>
        (state === 'any' || letter.state === state) &&
        (type === undefined || letter.type === type) &&
        (key === undefined || letter.key === key) &&
        (error === undefined || ERROR.includes(error.toString())) &&
        (fingerprint === undefined || FINGERPRINT === fingerprint) &&
        (since === undefined || letter.heldAt >= since.toString()) &&
        (until === undefined || letter.heldAt < until.toString()) &&
        (ids === undefined || listed(ids).includes(letter.id)),
    );
  }

  find(id: string): TestLetter | undefined {
    return this.letters.find((letter) => letter.id === id);
  }

  replay(filter: Filter, limit: number, run: string, operator: { who: string; why: string }) {
    const tried = this.#runs.get(run) ?? [];
    this.#runs.set(run, tried);
    const untried = () => this.matching(filter).filter((letter) => !tried.some((attempt) => attempt.letter === letter));
    const taken = untried()
      .slice(0, limit)
      .map((letter) => this.#attempt(letter));
    tried.push(...taken);
    for (const { letter } of taken) this.audit.push({ letter: letter.id, action: 'replay', ...operator });
    const failures = taken.filter(({ outcome }) => outcome === 'failed');
    return {
      run,
      taken: taken.length,
      ...counts(taken),
      failures: failures.map(({ letter }) => ({ id: letter.id, error: ERROR, fingerprint: FINGERPRINT })),
      remaining: untried().length,
    };
  }

  run(run: string) {
    const tried = this.#runs.get(run);
    if (tried === undefined) return undefined;
    for (const attempt of tried.filter(({ outcome }) => outcome === 'pending')) {
      attempt.asked++;
      if (attempt.asked >= 3) {
        attempt.outcome = 'replayed';
        attempt.letter.state = 'handled';
      }
    }
    return { run, who: 'ada', why: 'test', startedAt: '2026-11-25T00:00:00.000Z', ...counts(tried) };
  }

  discard(filter: Filter, limit: number, operator: { who: string; why: string }) {
    const taken = this.matching(filter).slice(0, limit);
    for (const letter of taken) {
      letter.state = 'discarded';
      this.audit.push({ letter: letter.id, action: 'discard', ...operator });
    }
    return { discarded: taken.length, remaining: this.matching(filter).length };
  }

  #attempt(letter: TestLetter): Attempt {
    const outcome = letter.outcome === 'runs' ? 'replayed' : letter.outcome === 'fails' ? 'failed' : 'pending';
    letter.state = outcome === 'replayed' ? 'handled' : outcome === 'failed' ? 'dead' : 'retrying';
    return { letter, outcome, asked: 0 };
  }
}

function counts(attempts: readonly Attempt[]) {
  const count = (outcome: Attempt['outcome']) => attempts.filter((attempt) => attempt.outcome === outcome).length;
  return { replayed: count('replayed'), skipped: 0, failed: count('failed'), pending: count('pending') };
}

function listed(ids: readonly string[] | string): readonly string[] {
  return typeof ids === 'string' ? ids.split(',') : ids;
}
