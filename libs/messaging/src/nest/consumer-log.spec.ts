import { Logger } from '@nestjs/common';

import type { FailureDecision } from '../ports.js';
import { consumerLog } from './consumer-log.js';

describe('the log of a consumer', () => {
  it.each<[FailureDecision, 'log' | 'warn']>([
    [{ kind: 'retry-now' }, 'log'],
    [{ kind: 'postpone', delayMs: 1_000 }, 'log'],
    [{ kind: 'retry-later', delayMs: 1_000 }, 'warn'],
    [{ kind: 'dead-letter', reason: 'ATTEMPTS_EXHAUSTED' }, 'warn'],
  ])('has a failed message decided as %j at the level %s', (decision, level) => {
    const logger = new Logger();
    const written: string[] = [];
    jest.spyOn(logger, 'log').mockImplementation(() => written.push('log'));
    jest.spyOn(logger, 'warn').mockImplementation(() => written.push('warn'));
    const failure = { handler: 'Notes.take', messageId: 'id', attempts: 1, error: new Error('no') };
    consumerLog(logger).onFailure?.({ ...failure, decision });
    expect(written).toEqual([level]);
  });
});
