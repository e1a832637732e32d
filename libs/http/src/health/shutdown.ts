import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';

/**
 * Says that this process is going down. From `begin()` on it is not ready, and what waits on behalf of a client
 * (`Prefer: wait`) should answer with what it has: listen to `signal`.
 */
@Injectable()
export class Shutdown implements OnModuleDestroy {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get begun(): boolean {
    return this.signal.aborted;
  }

  begin(): void {
    this.#controller.abort();
  }

  onModuleDestroy(): void {
    this.begin();
  }
}
