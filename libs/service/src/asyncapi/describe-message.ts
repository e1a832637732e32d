import type { MessageContract } from '@waybill/messaging';

import type { AsyncApiMessage } from './asyncapi-document.js';
import { messageBindings } from './bindings.js';

const EXAMPLE_ID = '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e60';

/** A contract as a message of AsyncAPI. */
export function describeMessage(contract: MessageContract): AsyncApiMessage {
  const { kind, type, name, source, description = '', upcasters, schema = {}, example } = contract;
  const older = [...upcasters.keys()].map((version) => `${name}.v${version}`);
  return {
    name: type,
    title: type,
    description,
    contentType: 'application/json',
    headers: {
      allOf: [{ $ref: '#/components/schemas/envelope' }],
      properties: { ce_type: { const: type }, ...(source === undefined ? {} : { ce_source: { const: source } }) },
    },
    payload: published(schema),
    correlationId:
      kind === 'command'
        ? { location: '$message.header#/ce_id', description: 'What answers it has this for its ce_causationid' }
        : {
            location: '$message.header#/ce_causationid',
            description: 'The ce_id of the command that it answers, if it answers one',
          },
    ...(example === undefined
      ? { examples: [] }
      : { examples: [{ name: type, headers: exampleHeaders(contract), payload: example }] }),
    bindings: messageBindings(contract),
    ...(contract.key === undefined ? {} : { 'x-key': contract.key }),
    ...(older.length === 0 ? {} : { 'x-also-read': older }),
  };
}

/** The headers that a sender must give, and the ones that the example shows. */
export function exampleHeaders(contract: MessageContract): Readonly<Record<string, string>> {
  const key = keyOf(contract);
  return {
    ce_specversion: '1.0',
    ce_id: EXAMPLE_ID,
    ce_source: contract.source ?? '/your-service',
    ce_type: contract.type,
    'content-type': 'application/json',
    ...(key === undefined ? {} : { ce_subject: key }),
  };
}

/** The key of the example. */
export function keyOf({ key, example }: MessageContract): string | undefined {
  if (key === undefined) return undefined;
  const value = key
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (part, name) => (typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined),
      example,
    );
  return typeof value === 'string' ? value : undefined;
}

/** The schema as JSON, in which what isn't JSON Schema's is an extension: `personal` marks personal data. */
function published(schema: object): object {
  const text = JSON.stringify(schema, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('personal' in value) || value.personal !== true) return value;
    const { personal, ...others } = value;
    return { ...others, 'x-personal': personal };
  });
  return JSON.parse(text) as object;
}
