import { receivedMessage } from '../testing/received-message.js';
import { noteContract } from '../testing/test-contract.js';
import { BatchFailure } from './batch-failure.js';
import { Executor } from './executor.js';
import type { Runnable } from './handler-waves.js';
import type { ReadAhead, RegisteredHandler } from './registered-handler.js';
import { RunningHandlers } from './running-handlers.js';

const contract = noteContract('notes');

describe('readers that are asked in turn', () => {
  const item = (read: ReadAhead): Runnable => {
    const handler: Partial<RegisteredHandler> = { read };
    return {
      handler: handler as RegisteredHandler,
      message: receivedMessage(contract, { key: 'k', data: { text: 'x' } }),
      keyId: undefined,
    };
  };

  /** As a connection does: what is asked for in one turn of the event loop travels, and fails, as one statement. */
  class Statements {
    #shared: Promise<void> | undefined;
    #fails = false;

    ask(fails: boolean): Promise<void> {
      this.#fails ||= fails;
      this.#shared ??= new Promise((resolve, reject) => {
        setImmediate(() => {
          const failed = this.#fails;
          [this.#shared, this.#fails] = [undefined, false];
          if (failed) reject(new Error('refused'));
          else resolve();
        });
      });
      return this.#shared;
    }
  }

  it("share no statement: one's error is blamed on what it read for", async () => {
    const statements = new Statements();
    const [innocent, guilty] = [item(() => statements.ask(false)), item(() => statements.ask(true))];
    const error: unknown = await new Executor('g', {}, new RunningHandlers())
      .read({}, [innocent, guilty], 'in turn')
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(BatchFailure);
    expect(error).toMatchObject({ suspects: [guilty] });
  });
});
