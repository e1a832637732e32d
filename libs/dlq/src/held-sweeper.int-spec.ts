import { dead, failed, later, message, startService } from './testing/service.js';
import type { Service } from './testing/service.js';

const operator = { who: 'ada', why: 'given up' };
jest.setTimeout(60_000);
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

const age = (where: string) =>
  service.execute(
    `age_${where.length}`,
    `UPDATE held_message SET updated_at = now() - interval '1 day' WHERE ${where}`,
  );

describe('the sweeper of held messages on PostgreSQL', () => {
  it('forgets what has ended longer ago than the retention, with its audit, and nothing that waits', async () => {
    const { store, discards, replays, sweeper } = service.replica({ retentionMs: 3_600_000 });
    await service.fail(
      store,
      failed(message('gone', 'g'), dead),
      failed(message('young', 'y'), dead),
      failed(message('dead', 'd'), dead),
      failed(message('later', 'l'), later(60_000)),
    );
    await service.consume(store, [message('parked', 'd')]);
    await replays.replay({ key: 'g' }, operator, { limit: 1 });
    await discards.discard({ key: 'g', state: 'retrying' }, operator, 1);
    await discards.discard({ key: 'y' }, operator, 1);
    await age(`message_id <> 'young'`);
    await service.execute('old_run', `UPDATE replay_run SET started_at = now() - interval '1 day'`);
    expect(await sweeper.sweep()).toBe(1);
    expect(await service.states()).toEqual(['young discarded', 'dead dead', 'later retrying', 'parked parked']);
    const count = `SELECT (SELECT count(*)::int FROM dead_letter_action) actions, (SELECT count(*)::int FROM replay_run) runs`;
    expect(await service.execute('left', count)).toEqual([{ actions: 1, runs: 0 }]);
  });

  it('sweeps thousands in small statements, by two replicas at once, each once', async () => {
    const [one, two] = [service.replica({ retentionMs: 1 }), service.replica({ retentionMs: 1 })];
    const many = Array.from({ length: 2_500 }, (_, index) => message(`m${index}`, `k${index}`));
    await service.database.transaction((tx) => one.store.park(tx, many));
    await service.execute('end', `UPDATE held_message SET state = 'handled'`);
    await age('true');
    const swept = await Promise.all([one.sweeper.sweep(), two.sweeper.sweep()]);
    expect(swept.reduce((sum, each) => sum + each)).toBe(2_500);
  });
});
