import { api } from '../api.js';
import {
  array,
  between,
  int16,
  int32,
  int8,
  nullableString,
  optional,
  since,
  string,
  struct,
  until,
} from '../schema.js';

/** Until version 3 a request names one key; from 4 on, any number. */
export const findCoordinatorApi = api({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 4],
  flexibleSince: 3,
  request: struct({
    key: until(3, string, ''),
    keyType: since(1, int8, 0),
    coordinatorKeys: since(4, array(string), []),
  }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: until(3, int16, 0),
    errorMessage: between(1, 3, nullableString, null),
    nodeId: until(3, int32, -1),
    host: until(3, string, ''),
    port: until(3, int32, -1),
    coordinators: since(
      4,
      array(
        struct({
          key: string,
          nodeId: int32,
          host: string,
          port: int32,
          errorCode: int16,
          errorMessage: optional(nullableString, null),
        }),
      ),
      [],
    ),
  }),
});
