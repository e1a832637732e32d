import type { DataFault, MessageContract, MessageKind } from '@waybill/messaging';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

import { InvalidMessageDataError } from './contracts.errors.js';
import { personalPointers } from './personal.js';

/** Lifts data of one version to the next. Pure; old payloads parse for ever. */
export type Upcaster = (data: unknown) => unknown;

interface MessageDeclaration<Schema extends TSchema> {
  readonly topic: string;
  readonly name: string;
  readonly version: number;
  readonly schema: Schema;
  /** What it says or asks for, in a sentence or two. @default none */
  readonly description?: string;
  /** Data that fits, for the API's description. @default none */
  readonly example?: Static<Schema>;
  /** JSON pointer of the field that is its key. @default it has no such field */
  readonly key?: string;
  /** Steps from older versions: `{ 1: liftToV2 }`. @default none */
  readonly upcasters?: Readonly<Record<number, Upcaster>>;
}

interface CommandDeclaration<Schema extends TSchema> extends MessageDeclaration<Schema> {
  /** Names of the commands that this one undoes; its receiver copes with it before or without them. @default none */
  readonly undoes?: readonly string[];
  /** Names of the events one of which answers it. @default none */
  readonly answeredBy?: readonly string[];
}

interface EventDeclaration<Schema extends TSchema> extends MessageDeclaration<Schema> {
  /** The one service that sends it: `/payment`. */
  readonly source: string;
}

/** A contract with its JSON Schema, from which documentation and compatibility checks are made. */
export interface SchemaContract<Data> extends MessageContract<Data> {
  readonly schema: TSchema;
}

export function defineCommand<Schema extends TSchema>({
  undoes,
  answeredBy,
  ...declaration
}: CommandDeclaration<Schema>): SchemaContract<Static<Schema>> {
  return {
    ...defineMessage('command', declaration),
    ...(undoes === undefined ? {} : { undoes }),
    ...(answeredBy === undefined ? {} : { answeredBy }),
  };
}

export function defineEvent<Schema extends TSchema>({
  source,
  ...declaration
}: EventDeclaration<Schema>): SchemaContract<Static<Schema>> {
  return { ...defineMessage('event', declaration), source };
}

function defineMessage<Schema extends TSchema>(
  kind: MessageKind,
  { topic, name, version, schema, description, example, key, upcasters = {} }: MessageDeclaration<Schema>,
): SchemaContract<Static<Schema>> {
  const type = `${name}.v${version}`;
  const validator = Compile(schema);
  return {
    kind,
    topic,
    name,
    version,
    type,
    schema,
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
    ...(key === undefined ? {} : { key }),
    upcasters: new Map(Object.entries(upcasters).map(([from, lift]) => [Number(from), lift])),
    personal: personalPointers(schema),
    parse(data) {
      if (validator.Check(data)) return data;
      throw new InvalidMessageDataError(type, faultsOf(validator.Errors(data)));
    },
  };
}

function faultsOf(errors: Iterable<{ readonly instancePath: string; readonly message: string }>): readonly DataFault[] {
  return [...errors].map(({ instancePath, message }) => ({ pointer: instancePath, message }));
}
