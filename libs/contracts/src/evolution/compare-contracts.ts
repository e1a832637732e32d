import type { SchemaContract } from '../define-message.js';
import { compareSchemas } from './compare-schemas.js';
import type { BreakKind, JsonSchema } from './compare-schemas.js';

/** A contract as it was released: what of it others may rely on, as JSON. */
export interface ReleasedContract {
  readonly type: string;
  readonly kind: 'command' | 'event';
  readonly topic: string;
  readonly key?: string | undefined;
  readonly source?: string | undefined;
  readonly undoes?: readonly string[] | undefined;
  readonly schema: JsonSchema;
}

/** One change that somebody else can't take, and the way out of it. */
export interface ContractBreak {
  readonly type: string;
  /** JSON pointer of the field, or the property of the contract. */
  readonly at: string;
  readonly kind: BreakKind | 'contract-removed' | 'upcaster-missing' | 'routing-changed';
  readonly message: string;
  readonly wayOut: string;
}

type Current = Pick<SchemaContract<unknown>, 'name' | 'version' | 'upcasters'> & ReleasedContract;

const NEW_VERSION =
  'leave this version as it was released, and define the next one with an upcaster and a fixture (docs/evolve-a-message.md)';

/** What {@link compareContracts} compares: what JSON keeps of a contract. */
export function releasedForm(contract: SchemaContract<unknown>): ReleasedContract {
  const { type, kind, topic, key, source, undoes, schema } = contract;
  return JSON.parse(JSON.stringify({ type, kind, topic, key, source, undoes, schema })) as ReleasedContract; // what JSON leaves of it
}

/**
 * Every break between what was released and what is defined now, both ways: what is sent by one must be understood by the other, since
 * old messages wait on the broker, in outboxes and among dead letters, and services are updated one after the other.
 * A version that has been followed by another one must still be lifted to it.
 */
export function compareContracts(
  released: readonly ReleasedContract[],
  current: readonly SchemaContract<unknown>[],
): readonly ContractBreak[] {
  const defined = current.map((contract): Current => ({ ...contract, ...releasedForm(contract) }));
  return released.flatMap((old): readonly ContractBreak[] => {
    const same = defined.find(({ type }) => type === old.type);
    if (same) return [...compareRouting(old, same), ...compareData(old, same)];
    const { name, version } = parseType(old.type);
    const next = defined.find((contract) => contract.name === name && contract.version > version);
    if (!next) return [removed(old.type)];
    return [
      ...missingUpcasters(old.type, version, next),
      ...compareRouting(old, next).map((each) => ({ ...each, type: next.type })),
    ];
  });
}

function compareData(old: ReleasedContract, now: Current): readonly ContractBreak[] {
  return compareSchemas(old.schema, now.schema).map(({ pointer, kind, refusedBy, from, to }) => {
    const who = {
      'new-reader': 'the new reader refuses messages that were sent before',
      'old-reader': "readers that aren't updated refuse what is sent from now on",
      both: 'neither understands the other',
    }[refusedBy];
    return { type: old.type, at: pointer || '/', kind, message: `${from} → ${to}: ${who}`, wayOut: NEW_VERSION };
  });
}

/** Where a message goes, and what it is checked against on arrival. */
function compareRouting(old: ReleasedContract, now: Current): readonly ContractBreak[] {
  return (['kind', 'topic', 'key', 'source', 'undoes'] as const).flatMap((at) => {
    const [from, to] = [JSON.stringify(old[at] ?? null), JSON.stringify(now[at] ?? null)];
    if (from === to) return [];
    const message = `${from} → ${to}: messages under way, and services that aren't updated, follow the released one`;
    return [
      {
        type: old.type,
        at,
        kind: 'routing-changed' as const,
        message,
        wayOut: 'define another message, and let both live until the old one is read by nobody',
      },
    ];
  });
}

function missingUpcasters(type: string, version: number, next: Current): readonly ContractBreak[] {
  const steps = Array.from({ length: next.version - version }, (_, index) => version + index);
  const missing = steps.filter((step) => !next.upcasters.has(step));
  if (missing.length === 0) return [];
  const message = `${next.type} has no upcaster from version ${missing.join(', ')}: messages of ${type} that still wait can't be read`;
  return [{ type, at: 'upcasters', kind: 'upcaster-missing', message, wayOut: `give ${next.type} the upcaster` }];
}

function removed(type: string): ContractBreak {
  const message =
    'nobody reads it any more: what waits of it on the broker, in outboxes and among dead letters becomes a dead letter';
  const wayOut =
    'keep the contract until nothing of it is left anywhere, then delete its released file and its fixture in a commit of their own';
  return { type, at: '/', kind: 'contract-removed', message, wayOut };
}

function parseType(type: string): { readonly name: string; readonly version: number } {
  const [, name = type, version] = /^(.+)\.v(\d+)$/.exec(type) ?? [];
  return { name, version: Number(version ?? 1) };
}
