/** Does pieces of work one after the other, in the order in which they come; one that fails holds up nobody. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = after(this.#last, work);
    this.#last = running.catch(() => {}); // the caller hears of it
    return running;
  }
}

async function after<Result>(before: Promise<unknown>, work: () => Promise<Result>): Promise<Result> {
  await before;
  return work();
}
