/** Bounds what is on its way at the same time, in bytes: what doesn't fit waits, in its order. */
export class InFlight {
  #bytes = 0;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(private readonly mostBytes: number) {}

  async run<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    if (!this.#fits(bytes)) await new Promise<void>((go) => this.#waiting.push({ bytes, go }));
    else this.#bytes += bytes;
    try {
      return await work();
    } finally {
      this.#bytes -= bytes;
      for (let next = this.#waiting[0]; next && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
        this.#waiting.shift();
        this.#bytes += next.bytes;
        next.go();
      }
    }
  }

  #fits(bytes: number): boolean {
    return this.#waiting.length === 0 && this.#hasRoom(bytes);
  }

  /** What is larger than all the room goes alone. */
  #hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.mostBytes;
  }
}
