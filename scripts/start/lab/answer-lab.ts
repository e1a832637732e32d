import type { ChildProcess } from 'node:child_process';

import type { HeldFaults, Settings } from './held-faults.js';

/** What the lab asks, over the channel that it has with the process that started it, and nobody else has. */
interface Question {
  readonly id: number;
  readonly ask: 'list' | 'begin' | 'end';
  readonly fault: string;
  readonly settings: Settings;
  readonly seconds: number;
}

/** Answers each question of the lab's process with the faults as they are then, or with why not. */
export function answerLab(lab: ChildProcess, faults: HeldFaults): void {
  lab.on('message', (message) => void answer(message as Question)); // the lab is ours, and sends nothing else

  async function answer({ id, ask, fault, settings, seconds }: Question): Promise<void> {
    try {
      if (ask === 'begin') await faults.begin(fault, settings, seconds);
      if (ask === 'end') await faults.end(fault);
      reply({ id, faults: faults.list() });
    } catch (error) {
      reply({ id, refusal: error instanceof Error ? error.message : String(error) });
    }
  }

  function reply(body: object): void {
    if (lab.connected) lab.send(body, () => {}); // it may end meanwhile, and nobody waits
  }
}
