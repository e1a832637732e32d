import { Injectable } from '@nestjs/common';
import { ConflictError } from '@waybill/http';

import { Supervisor, SupervisorRefusal } from '../supervisor/supervisor.js';
import type { HeldFault, Question } from '../supervisor/supervisor.js';
import type { Dial, DialHolder, Settings } from './dial.js';

/** Processes, broker and database, which `npm start` holds. */
@Injectable()
export class SupervisorDials implements DialHolder {
  #known: readonly HeldFault[] = [];

  constructor(private readonly supervisor: Supervisor) {}

  async dials(): Promise<readonly Dial[]> {
    try {
      this.#known = await this.supervisor.ask({ ask: 'list' });
      return this.#known.map((fault) => ({ ...fault, kind: 'held' }));
    } catch (error) {
      if (!(error instanceof SupervisorRefusal)) throw error;
      return this.#known.map((fault) => ({ ...fault, kind: 'held', active: null, unavailable: error.message }));
    }
  }

  begin(name: string, settings: Settings, seconds: number): Promise<void> {
    return this.#ask({ ask: 'begin', fault: name, settings, seconds });
  }

  end(name: string): Promise<void> {
    return this.#ask({ ask: 'end', fault: name });
  }

  async #ask(question: Question): Promise<void> {
    try {
      this.#known = await this.supervisor.ask(question);
    } catch (error) {
      if (error instanceof SupervisorRefusal) throw new ConflictError('DIAL_REFUSED', error.message);
      throw error;
    }
  }
}
