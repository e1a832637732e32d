interface Part {
  close(): Promise<void>;
}

/** What a broker has handed out (publishers, subscriptions, readers of lag): it is closed with the broker. Closing a part twice must do nothing. */
export class OpenParts {
  readonly #parts = new Set<Part>();

  add<Opened extends Part>(part: Opened): Opened {
    this.#parts.add(part);
    return part;
  }

  /** All at the same time. @throws what a part throws */
  async close(): Promise<void> {
    const parts = [...this.#parts];
    this.#parts.clear();
    await Promise.all(parts.map((part) => part.close()));
  }
}
