import { EngineSetup, notes } from '../testing/engine-setup.js';
import { eventually } from '../testing/eventually.js';
import { noteRecord } from '../testing/test-contract.js';

describe('the admission of a batch', () => {
  let setup: EngineSetup;
  /** What others have committed, and what handlers have read of it, by their transaction. */
  let committed: string;
  let read: WeakMap<object, string>;
  beforeEach(() => {
    setup = new EngineSetup();
    committed = 'nothing';
    read = new WeakMap();
    setup.readAhead = async (_, tx) => void read.set(tx as object, committed);
  });
  afterEach(async () => setup.stop());

  const startReading = () =>
    setup.start('single', ([message], { tx }) =>
      setup.handled.push(`${message?.data.text} knows ${read.get(tx as object)}`),
    );
  const transactions = () => [setup.unitOfWork.commits, setup.unitOfWork.rollbacks];

  it('takes one transaction where nobody else has worked on its keys', async () => {
    await setup.publish(['a', '1'], ['b', '2']);
    await startReading();
    await setup.acknowledged(2);
    expect(setup.handled).toEqual(['1 knows nothing', '2 knows nothing']);
    expect(transactions()).toEqual([1, 0]);
  });

  it('F34: lets handlers read again what a rival has left that had one of the messages', async () => {
    await setup.publish(['a', '1', 'first'], ['a', '2']);
    let leave = (): void => {};
    const rival = setup.unitOfWork.transaction(async (tx) => {
      await setup.inbox.claim(tx, 'g', [{ source: '/test', id: 'first' }]);
      tx.onCommit(() => (committed = 'what the rival did'));
      await new Promise<void>((resolve) => (leave = resolve));
    });
    const claim = setup.inbox.claim.bind(setup.inbox);
    let isWaiting = false;
    setup.inbox.claim = (...asked) => {
      isWaiting = true;
      return claim(...asked);
    };
    await startReading();
    await eventually(() => isWaiting);
    leave();
    await rival;
    await setup.acknowledged(2);
    expect(setup.handled).toEqual(['2 knows what the rival did']);
  });

  it('F16: lets handlers read again what was left by the messages that a key was parked for', async () => {
    await setup.publish(['a', '1']);
    setup.failures.isAnyParked = async () => committed === 'nothing';
    setup.failures.parkedKeys = async (_tx, _group, keys) => {
      committed = 'what waited before it did'; // the unparking that this would wait for
      return keys.map(() => false);
    };
    await startReading();
    await setup.acknowledged(1);
    expect(setup.handled).toEqual(['1 knows what waited before it did']);
  });

  it('F17: counts no attempt of a message that is read in one statement with what fails', async () => {
    const unreadable = { ...noteRecord(notes, 'b', '2'), value: Buffer.from('{') };
    await setup.publish(['a', '1']);
    await (await setup.broker.createPublisher()).publish([unreadable]);
    const claim = setup.inbox.claim.bind(setup.inbox);
    let isFailing = false;
    setup.inbox.claim = async (tx, group, messages) => {
      isFailing = messages.length > 1;
      if (!isFailing) return claim(tx, group, messages);
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('cannot be stored');
    };
    setup.readAhead = async () => {
      if (isFailing) throw new Error('cannot be stored'); // and is told so first
    };
    await setup.start('single', ([message]) => setup.handled.push(`attempt ${message?.attempt}`));
    await setup.acknowledged(2);
    expect(setup.handled).toEqual(['attempt 1']);
    expect(setup.failures.failed).toHaveLength(1);
  });
});
