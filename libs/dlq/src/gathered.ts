interface Call<Item, Result> {
  readonly items: readonly Item[];
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets calls that come at the same time share one statement: those of one turn of the event loop, and those made while the statement
 * before is on its way. Each gets the results of its own items, in their order. If a shared statement fails, each call makes one of its
 * own, so that what one asks for fails nobody else.
 */
export class Gathered<Item, Result> {
  #waiting: Call<Item, Result>[] = [];
  #busy = false;

  /** @param ask makes the statement. @returns what it found of each item. */
  constructor(private readonly ask: (items: readonly Item[]) => Promise<(item: Item) => Result>) {}

  /** @throws what the statement throws */
  add(items: readonly Item[]): Promise<readonly Result[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject });
      if (this.#busy) return;
      this.#busy = true;
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#answer(this.#waiting.splice(0));
    this.#busy = false;
  }

  async #answer(calls: readonly Call<Item, Result>[]): Promise<void> {
    try {
      const resultOf = await this.ask(calls.flatMap(({ items }) => items));
      for (const { items, resolve } of calls) resolve(items.map(resultOf));
    } catch (error) {
      const [only, ...others] = calls;
      if (others.length === 0) only?.reject(error);
      else await Promise.all(calls.map((call) => this.#answer([call])));
    }
  }
}
