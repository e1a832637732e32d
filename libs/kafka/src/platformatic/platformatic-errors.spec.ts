import { AuthenticationError, MultipleErrors, NetworkError, ResponseError, UserError } from '@platformatic/kafka';

import { isTooLarge, wouldNeverBeTaken } from '../kafka-errors.js';
import { toKafkaError } from './platformatic-errors.js';

const [PRODUCE, TOO_LARGE, NOT_ENOUGH_REPLICAS] = [0, 10, 19];

const answered = (code: number) => new ResponseError(PRODUCE, 7, { '/responses/0': [code, null] }, {});

describe('an error of the client', () => {
  it("is told by the protocol's name of what a broker has answered, however deep it lies", () => {
    const deep = new MultipleErrors('produce failed 3 times.', [new NetworkError('closed'), answered(TOO_LARGE)]);
    const error = toKafkaError(deep);
    expect(error).toMatchObject({ type: 'MESSAGE_TOO_LARGE', isConnectionProblem: false, cause: deep });
    expect([isTooLarge(error), wouldNeverBeTaken(error)]).toEqual([true, true]);
    expect(wouldNeverBeTaken(toKafkaError(answered(NOT_ENOUGH_REPLICAS)))).toBe(false);
  });

  it('names a topic that is missing, which the client tells by a sentence', () => {
    expect(toKafkaError(new UserError('Unknown topic notes.'))).toMatchObject({
      type: 'UNKNOWN_TOPIC_OR_PARTITION',
      isConnectionProblem: false,
    });
  });

  it('blames the connection where no broker has answered, and says why one will never come about', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(toKafkaError(new NetworkError('Connection to x failed.', { cause: refused }))).toMatchObject({
      isConnectionProblem: true,
      refusal: undefined,
      message: 'connect ECONNREFUSED',
    });
    const untrusted = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(toKafkaError(new NetworkError('Connection to x failed.', { cause: untrusted })).refusal).toBe(
      'TLS fails: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
    );
    const unknown = new AuthenticationError('SASL authentication failed.');
    expect(toKafkaError(new NetworkError('Connection to x failed.', { cause: unknown }))).toMatchObject({
      isConnectionProblem: true,
      refusal: 'the user name or password is refused: SASL authentication failed.',
    });
  });
});
