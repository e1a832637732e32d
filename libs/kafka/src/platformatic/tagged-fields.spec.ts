import { produceV11, Reader, Writer } from '@platformatic/kafka';

import { typesOf } from './platformatic-errors.js';
import { skipTaggedFields } from './tagged-fields.js';

const NOT_LEADER = 6;

describe('an answer to a produce request', () => {
  beforeAll(() => skipTaggedFields());

  it('is read where a broker says who leads partitions that have moved (F89)', () => {
    const answer = Writer.create()
      .appendArray(
        ['one', 'two'],
        (topic, name) => topic.appendString(name).appendArray([0, 1], appendRefusal, true, false).appendTaggedFields(),
        true,
        false,
      )
      .appendInt32(0);
    let thrown: unknown;
    try {
      produceV11.parseResponse(0, 0, 11, Reader.from(answer.buffer));
    } catch (error) {
      thrown = error;
    }
    expect(typesOf(thrown)).toEqual(Array(4).fill('NOT_LEADER_OR_FOLLOWER'));
  });
});

function appendRefusal(writer: Writer, partition: number): void {
  const [tags, currentLeader, leader, epoch] = [1, 0, 3, 7];
  writer
    .appendInt32(partition)
    .appendInt16(NOT_LEADER)
    .appendInt64(-1n)
    .appendInt64(-1n)
    .appendInt64(-1n)
    .appendArray([], () => {})
    .appendString(null)
    .appendUnsignedVarInt(tags)
    .appendUnsignedVarInt(currentLeader)
    .appendUnsignedVarInt(4 + 4 + 1)
    .appendInt32(leader)
    .appendInt32(epoch)
    .appendTaggedFields();
}
