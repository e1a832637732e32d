interface WaitingCall<Request, Response> {
  readonly request: Request;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls made in one tick become one statement: an outside provider has its own machines, the simulator shares ours. Two
 * calls with one key go one after the other. Calls travel in key order, so that two processes can't deadlock.
 */
export class CallBatch<Request, Response> {
  readonly #keyOf: (request: Request) => string;
  readonly #run: (requests: readonly Request[]) => Promise<ReadonlyMap<string, Response>>;
  #waiting: WaitingCall<Request, Response>[] = [];

  constructor(
    keyOf: (request: Request) => string,
    run: (requests: readonly Request[]) => Promise<ReadonlyMap<string, Response>>,
  ) {
    this.#keyOf = keyOf;
    this.#run = run;
  }

  call(request: Request): Promise<Response> {
    if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
    return new Promise((resolve, reject) => this.#waiting.push({ request, resolve, reject }));
  }

  async #flush(): Promise<void> {
    let waiting = this.#waiting;
    this.#waiting = [];
    while (waiting.length > 0) {
      const batch = new Map<string, WaitingCall<Request, Response>>();
      const later = waiting.filter((call) => {
        const key = this.#keyOf(call.request);
        if (batch.has(key)) return true;
        batch.set(key, call);
        return false;
      });
      await this.#send(batch);
      waiting = later;
    }
  }

  async #send(batch: ReadonlyMap<string, WaitingCall<Request, Response>>): Promise<void> {
    const keys = [...batch.keys()].sort();
    try {
      const responses = await this.#run(keys.flatMap((key) => batch.get(key)?.request ?? []));
      for (const [key, { resolve, reject }] of batch) {
        const response = responses.get(key);
        if (response === undefined) reject(new Error(`The simulator's ledger gave no answer for ${key}`));
        else resolve(response);
      }
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
    }
  }
}
