import { setTimeout as delay } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';

/** A fault of this machine, as the supervisor tells of it. */
export interface HeldFault {
  readonly name: string;
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly unavailable: string | null;
  readonly active: {
    readonly settings: Readonly<Record<string, string>>;
    readonly since: string;
    readonly until: string;
  } | null;
  readonly did: number;
}

export interface Question {
  readonly ask: 'list' | 'begin' | 'end';
  readonly fault?: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly seconds?: number;
}

interface Answer {
  readonly id: number;
  readonly faults?: readonly HeldFault[];
  readonly refusal?: string;
}

/** The supervisor can't do it, and says why. */
export class SupervisorRefusal extends Error {}

/** PostgreSQL may take that long to stop. */
const ANSWER_MS = 40_000;

/**
 * `npm start`, which has started this process and holds everything else that runs on this machine. It is asked over the channel that a
 * process has with its parent: no other program can use it, and there is no address to protect.
 */
@Injectable()
export class Supervisor implements OnApplicationShutdown {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;
  #listens = false;

  /** Its faults as they are after what was asked. @throws SupervisorRefusal */
  async ask(question: Question): Promise<readonly HeldFault[]> {
    if (process.send === undefined || !process.connected)
      throw new SupervisorRefusal('This lab was not started by npm start.');
    this.#listen();
    const id = ++this.#lastId;
    const gone = new AbortController();
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    process.send({ id, ...question });
    try {
      const late = delay(ANSWER_MS, undefined, { signal: gone.signal }).then((): Answer => ({ id, refusal: SILENT }));
      const { faults, refusal } = await Promise.race([answered, late]);
      if (faults === undefined) throw new SupervisorRefusal(refusal);
      return faults;
    } finally {
      gone.abort();
      this.#waiting.delete(id);
    }
  }

  onApplicationShutdown(): void {
    process.off('message', this.#hear); // else the channel keeps the process alive
  }

  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    process.on('message', this.#hear);
  }

  readonly #hear = (message: unknown): void => {
    const answer = message as Answer; // of our own supervisor
    this.#waiting.get(answer.id)?.(answer);
  };
}

const SILENT = `npm start has not answered within ${ANSWER_MS / 1_000} s.`;
