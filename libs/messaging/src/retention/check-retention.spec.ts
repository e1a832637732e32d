import { readConfig } from '@waybill/observability';

import { checkRetention } from './check-retention.js';
import { retentionSettings } from './retention-config.js';
import type { RetentionModel, TopicRetention } from './retention-model.js';

const DAY = 86_400_000;

const topic = (more: Partial<TopicRetention> = {}): TopicRetention => ({
  topic: 'payment.commands',
  retentionMs: 7 * DAY,
  segmentMs: DAY,
  maxMessageBytes: 1_048_588,
  keptForEver: false,
  ...more,
});

function faults(more: Partial<RetentionModel> = {}, topics = [topic()]): readonly string[] {
  return checkRetention({
    inboxWindowMs: 15 * DAY,
    outboxMs: 7 * DAY,
    deadLettersMs: 14 * DAY,
    outageMs: DAY,
    claimCheck: { retentionMs: 30 * DAY, thresholdBytes: 262_144 },
    consumed: topics,
    topics,
    ...more,
  });
}

describe('the retention model', () => {
  it('finds nothing wrong with the defaults, on topics that were created and on those with segments as long as their retention', () => {
    const { inboxWindowMs, outboxRetentionMs, deadLetterRetentionMs, topicRetentionMs } = readConfig(
      {},
      retentionSettings,
    );
    const model = { inboxWindowMs, outboxMs: outboxRetentionMs, deadLettersMs: deadLetterRetentionMs };
    const catalogue = topic({ topic: 'inventory.catalogue', retentionMs: Infinity, keptForEver: true });
    expect(faults(model, [topic({ retentionMs: topicRetentionMs }), catalogue])).toEqual([]);
    expect(faults(model, [topic({ segmentMs: 7 * DAY }), catalogue])).toEqual([]);
  });

  it('F40: refuses an inbox window shorter than what the broker can redeliver, naming the values that would do', () => {
    const [fault, ...others] = faults({ inboxWindowMs: 14 * DAY, deadLettersMs: 14 * DAY }, [
      topic({ segmentMs: 7 * DAY }),
    ]);
    expect(others).toEqual([]);
    expect(fault).toMatch(
      /^INBOX_WINDOW_MS .* = 1209600000 ms \(14 d\) is shorter than payment\.commands can redeliver/,
    );
    expect(fault).toContain(
      `Set it to ${15 * DAY} or more, or lower retention.ms of payment.commands to ${6 * DAY} at most`,
    );
    expect(faults({ inboxWindowMs: 15 * DAY }, [topic({ segmentMs: 7 * DAY })])).toEqual([]);
    expect(faults({ inboxWindowMs: 15 * DAY - 1 }, [topic({ segmentMs: 7 * DAY })])).toHaveLength(1);
    expect(faults({ inboxWindowMs: 14 * DAY }, [topic({ retentionMs: 6 * DAY, segmentMs: 7 * DAY })])).toEqual([]);
  });

  it('F40: counts the records that a file keeps beyond their retention, and a relay’s outage', () => {
    const tight = { inboxWindowMs: 9 * DAY, deadLettersMs: 0 };
    expect(faults(tight)).toEqual([]);
    expect(faults(tight, [topic({ segmentMs: DAY + 1 })])).toHaveLength(1);
    expect(faults({ ...tight, outageMs: DAY + 1 })).toHaveLength(1);
  });

  it('F40: refuses an inbox window shorter than dead letters or outbox rows are kept', () => {
    const letters = faults({ inboxWindowMs: 15 * DAY, deadLettersMs: 16 * DAY });
    expect(letters).toEqual([expect.stringMatching(/DEAD_LETTER_RETENTION_MS .* = 1382400000 ms \(16 d\)/)]);
    expect(letters[0]).toContain(`Set the window to ${16 * DAY} or more, or the retention to ${15 * DAY} at most`);
    expect(faults({ outboxMs: 16 * DAY })).toEqual([expect.stringMatching(/shorter than OUTBOX_RETENTION_MS/)]);
  });

  it('F40: refuses a consumed topic that is kept for ever, unless its handlers may run again at any time', () => {
    const [fault] = faults({ claimCheck: undefined }, [topic({ retentionMs: Infinity })]);
    expect(fault).toContain(`set its retention.ms to ${13 * DAY} at most, or declare \`retentionMs: -1\``);
    expect(faults({}, [topic({ retentionMs: Infinity, keptForEver: true })])).toEqual([]);
    expect(faults({ claimCheck: undefined, consumed: [] }, [topic({ retentionMs: Infinity })])).toEqual([]);
  });

  it('F39: refuses to delete payloads before the dead letters that need them, naming the values that would do', () => {
    const claimCheck = { retentionMs: 20 * DAY, thresholdBytes: 1 };
    const [fault, ...others] = faults({ claimCheck });
    expect(others).toEqual([]);
    expect(fault).toMatch(
      /^CLAIM_CHECK_RETENTION_MS .* = 1728000000 ms \(20 d\) would delete payloads before their dead letters/,
    );
    expect(fault).toContain('DEAD_LETTER_RETENTION_MS');
    expect(fault).toContain(
      `Set it to ${22 * DAY} or more, or lower retention.ms of payment.commands to ${5 * DAY} at most`,
    );
    expect(faults({ claimCheck: { ...claimCheck, retentionMs: 22 * DAY } })).toEqual([]);
    expect(faults({ claimCheck: { ...claimCheck, retentionMs: 22 * DAY - 1 } })).toHaveLength(1);
  });

  it('F39: looks at the topics that are only written, too: their receivers need the payloads', () => {
    const claimCheck = { retentionMs: 20 * DAY, thresholdBytes: 1 };
    expect(faults({ claimCheck, consumed: [] })).toHaveLength(1);
    expect(
      faults({ claimCheck: { ...claimCheck, retentionMs: 3_000 * DAY }, consumed: [] }, [
        topic({ retentionMs: Infinity }),
      ]),
    ).toEqual([expect.stringContaining('so that its records travel whole')]);
  });

  it('refuses an outbox that lets through what a topic never takes, and says how to mend either', () => {
    expect(faults({ maxMessageBytes: 1_048_588 })).toEqual([]);
    expect(faults({ maxMessageBytes: 1_048_589 })).toEqual([
      'OUTBOX_MAX_MESSAGE_BYTES (OutboxModule maxMessageBytes) = 1048589 is more than payment.commands takes, ' +
        'max.message.bytes 1048588: set it to 1048588 at most, or raise max.message.bytes of payment.commands to 1048589 or more',
    ]);
  });

  it('refuses a threshold that is not below the largest message that a topic takes', () => {
    const claimCheck = { retentionMs: 30 * DAY, thresholdBytes: 1_048_588 };
    const [fault] = faults({ claimCheck });
    expect(fault).toMatch(/^CLAIM_CHECK_THRESHOLD_BYTES .* = 1048588 is not below what payment\.commands takes/);
    expect(fault).toContain('set it to 1032204 at most, or raise max.message.bytes of payment.commands to 1064972');
    expect(faults({ claimCheck: { ...claimCheck, thresholdBytes: 1_032_204 } })).toEqual([]);
  });

  it('refuses a topic that is to be kept for ever and is not', () => {
    expect(faults({}, [topic({ keptForEver: true })])).toEqual([expect.stringContaining('set its retention.ms to -1')]);
  });

  it('takes a topic that is to be kept for ever where it is kept for as long as the broker can', () => {
    const capped = topic({ keptForEver: true, retentionMs: 14 * DAY, longestRetentionMs: 14 * DAY });
    expect(faults({}, [capped])).toEqual([]);
    expect(faults({}, [{ ...capped, retentionMs: 13 * DAY }])).toHaveLength(1);
  });

  it('tells every fault at once, and topics with the same times in one sentence', () => {
    const topics = [topic({ topic: 'a' }), topic({ topic: 'b' }), topic({ topic: 'c', retentionMs: 8 * DAY })];
    const all = faults({ inboxWindowMs: DAY, claimCheck: { retentionMs: DAY, thresholdBytes: 2_000_000 } }, topics);
    expect(all.filter((fault) => fault.includes('can redeliver'))).toHaveLength(2);
    expect(all.filter((fault) => fault.includes('than a, b can redeliver'))).toHaveLength(1);
    expect(all).toHaveLength(2 + 2 + 2 + 3);
  });
});
