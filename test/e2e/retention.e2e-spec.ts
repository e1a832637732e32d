import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';

jest.setTimeout(180_000);

const DAY_MS = 86_400_000;

describe('times that do not fit each other', () => {
  /** How much longer than its retention a record may be delivered, by the broker of the run. */
  let segmentMs = 0;

  async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
    const system = await RunningSystem.create(env);
    const { payment } = system.services;
    payment.spawn();
    // It ends with the refusal; or, where the broker was too slow to answer at the start, says it later and consumes nothing.
    const refused = (): boolean => !payment.isRunning || payment.output.includes("can't start");
    await until(refused, { timeoutMs: 150_000, what: 'the refusal', detail: () => payment.output });
    const broker = system.broker.open();
    segmentMs = (await broker.describeTopics(['payment.commands']))[0]?.segmentMs ?? 0;
    await broker.close();
    await system.stop();
    expect(segmentMs).toBeGreaterThan(0);
    return payment.output;
  }

  it('F40: an inbox window shorter than what the broker redelivers is refused at boot, with the values that would do', async () => {
    const output = await refusal({ INBOX_WINDOW_MS: String(7 * DAY_MS), DEAD_LETTER_RETENTION_MS: String(DAY_MS) });
    expect(output).toContain('INBOX_WINDOW_MS');
    expect(output).toContain(
      `Set it to ${8 * DAY_MS + segmentMs} or more, or lower retention.ms of payment.commands to ${6 * DAY_MS - segmentMs} at most`,
    );
  });

  it('F39: payloads that would be deleted before their dead letters are refused at boot, with the values that would do', async () => {
    const output = await refusal({
      CLAIM_CHECK_URL: process.env['DATABASE_URL'] ?? '',
      CLAIM_CHECK_RETENTION_MS: String(20 * DAY_MS),
    });
    expect(output).toContain('CLAIM_CHECK_RETENTION_MS');
    expect(output).toContain(`Set it to ${21 * DAY_MS + segmentMs} or more`);
  });

  it('a claim-check threshold above what the broker takes is refused at boot', async () => {
    const output = await refusal({
      CLAIM_CHECK_URL: process.env['DATABASE_URL'] ?? '',
      CLAIM_CHECK_THRESHOLD_BYTES: '1048588',
    });
    expect(output).toContain('thresholdBytes must be a whole number from 1 to');
  });
});
