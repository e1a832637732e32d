import { logLevel } from 'kafkajs';

import { kafkaLogCreator } from './kafka-logger.js';

it('F73: says of an outage each thing once a minute, although kafkajs repeats it with every attempt', () => {
  jest.useFakeTimers();
  const lines: string[] = [];
  const log = { error: () => {}, debug: () => {}, warn: (line: string) => void lines.push(line) };
  const write = kafkaLogCreator(log)(logLevel.INFO);
  const say = (message: string) =>
    write({ namespace: '', level: logLevel.ERROR, label: '', log: { timestamp: '', message } });
  for (let second = 0; second < 150; second += 1) {
    for (const message of ['Connection error', 'Failed to connect']) say(message);
    jest.advanceTimersByTime(1_000);
  }
  expect(lines).toHaveLength(6);
  jest.useRealTimers();
});

it.each(['Topic with this name already exists', 'Topic creation errors'])(
  'says nothing of the race for creating topics: %s',
  (error) => {
    const lines: string[] = [];
    const log = { error: () => {}, debug: () => {}, warn: (line: string) => void lines.push(line) };
    const message = 'Response CreateTopics(key: 19, version: 3)';
    const entry = { timestamp: '', message, error };
    kafkaLogCreator(log)(logLevel.INFO)({ namespace: '', level: logLevel.ERROR, label: '', log: entry });
    expect(lines).toEqual([]);
  },
);
