import { DeadLetterModule } from './dead-letter.module.js';
import { FakeSink } from './testing/fakes.js';

it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 31])(
  'F54: refuses %p as the interval of looks',
  (pollIntervalMs) => {
    expect(() => DeadLetterModule.forRoot({ group: 'g', sink: FakeSink, pollIntervalMs })).toThrow(
      'DeadLetterModule.pollIntervalMs',
    );
  },
);
