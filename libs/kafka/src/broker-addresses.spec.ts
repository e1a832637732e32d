import { brokerAddresses } from './broker-addresses.js';

const { parse, fallback } = brokerAddresses('KAFKA_BROKERS', ['127.0.0.1:9092']);

it('takes brokers as host:port, blanks around them', () => {
  expect(parse('a:9092, b:9092')).toEqual({ value: ['a:9092', 'b:9092'] });
  expect(fallback).toEqual({ value: ['127.0.0.1:9092'] });
});

it.each([
  ['', 'an empty element'],
  ['kafka', '"kafka", which is not host:port'],
  ['kafka:9092;other:9092', 'IPv6'],
  ['kafka:0', 'a port that'],
  ['kafka://kafka:9092', 'has a protocol'],
  ['[::1]:9092', 'IPv6'],
  ['u:secret@kafka:9092', 'has credentials'],
])('refuses the broker "%s", and says why', (broker, why) => {
  const read = parse(`a:9092,${broker}`);
  expect(read).toEqual({ problem: expect.stringContaining(why) });
  expect(JSON.stringify(read)).not.toContain('secret');
});
