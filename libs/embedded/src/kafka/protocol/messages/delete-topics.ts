import { api } from '../api.js';
import { array, int16, int32, nullableString, optional, since, struct, string, until, uuid } from '../schema.js';

export const NO_TOPIC_ID = '0'.repeat(32);

/** Until version 5 topics are named; from 6 on, by name or id. */
export const deleteTopicsApi = api({
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 6],
  flexibleSince: 4,
  request: struct({
    topics: since(6, array(struct({ name: nullableString, topicId: uuid })), []),
    topicNames: until(5, array(string), []),
    timeoutMs: int32,
  }),
  response: struct({
    throttleTimeMs: optional(int32, 0),
    responses: array(
      struct({
        name: nullableString,
        topicId: since(6, uuid, NO_TOPIC_ID),
        errorCode: int16,
        errorMessage: since(5, nullableString, null),
      }),
    ),
  }),
});
