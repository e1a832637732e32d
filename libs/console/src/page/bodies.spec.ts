import { readFileSync } from 'node:fs';

import ts from 'typescript';

import { ORDER_STATUSES } from '../../page/bodies.js';

/** Which schema of the services' descriptions each answer is a part of. */
const SCHEMAS: Readonly<Record<string, readonly [service: 'order' | 'payment', schema: string]>> = {
  Money: ['order', 'MoneyResponse'],
  OrderLine: ['order', 'OrderLineResponse'],
  OrderFailure: ['order', 'OrderFailureResponse'],
  OrderBody: ['order', 'OrderResponse'],
  StepError: ['order', 'StepErrorResponse'],
  SagaStep: ['order', 'SagaStepResponse'],
  HeldEffect: ['order', 'HeldEffectResponse'],
  SagaBody: ['order', 'AdminSagaDetailResponse'],
  TimelineEntry: ['order', 'TimelineEntryResponse'],
  OutboxMessage: ['payment', 'OutboxMessageResponse'],
  WaitingMessage: ['payment', 'WaitingMessageResponse'],
  RefusedMessage: ['payment', 'RefusedResponse'],
  OutboxState: ['payment', 'OutboxStateResponse'],
  Reveal: ['payment', 'RevealResponse'],
  InboxEntry: ['payment', 'InboxEntryResponse'],
  LetterSummary: ['payment', 'LetterSummaryResponse'],
  Letter: ['payment', 'LetterResponse'],
  LetterGroup: ['payment', 'LetterGroupResponse'],
  AuditedAction: ['payment', 'AuditedActionResponse'],
  ParkedHead: ['payment', 'ParkedHeadResponse'],
  ParkedKey: ['payment', 'ParkedKeyResponse'],
  PreviewItem: ['payment', 'PreviewItemResponse'],
  ReplayPreview: ['payment', 'PreviewResponse'],
  ReplayFailure: ['payment', 'ReplayFailureResponse'],
  ReplayReport: ['payment', 'ReplayReportResponse'],
  ReplayRun: ['payment', 'ReplayRunResponse'],
  ReplayRunSummary: ['payment', 'ReplayRunSummaryResponse'],
  ReplayedLetter: ['payment', 'ReplayedLetterResponse'],
  Sample: ['payment', 'SampleResponse'],
  Overview: ['payment', 'OverviewResponse'],
  LaneLag: ['payment', 'LaneLagResponse'],
  LaneIssue: ['payment', 'LaneIssueResponse'],
};
/** No schema of its own: one for each list. */
const GENERIC = ['Page'];

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  /** One, that is described as well. */
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const source = ts.createSourceFile(
  'bodies.ts',
  readFileSync('libs/console/page/bodies.ts', 'utf8'),
  ts.ScriptTarget.Latest,
);
const interfaces = new Map(
  source.statements.filter(ts.isInterfaceDeclaration).map((declared) => [declared.name.text, declared]),
);
const schemas = Object.fromEntries(
  (['order', 'payment'] as const).map((service) => [
    service,
    (
      JSON.parse(readFileSync(`docs/api/${service}.openapi.json`, 'utf8')) as {
        components: { schemas: Record<string, Schema> };
      }
    ).components.schemas,
  ]),
);

/** What the page takes a property for, and what the service says: each as the same words. */
const wordsOf = (parts: readonly string[]): string => [...new Set(parts)].toSorted().join(' | ');

function typeWords(node: ts.TypeNode): readonly string[] {
  if (ts.isUnionTypeNode(node)) return node.types.flatMap(typeWords);
  if (ts.isLiteralTypeNode(node)) return ts.isStringLiteral(node.literal) ? [`"${node.literal.text}"`] : ['null'];
  if (ts.isTypeOperatorNode(node)) return typeWords(node.type); // readonly
  if (ts.isArrayTypeNode(node)) return [`(${wordsOf(typeWords(node.elementType))})[]`];
  if (!ts.isTypeReferenceNode(node)) return [node.getText(source)];
  const name = node.typeName.getText(source);
  if (name === 'OrderStatus') return ORDER_STATUSES.map((status) => `"${status}"`);
  return [name === 'Readonly' ? 'object' : (SCHEMAS[name]?.[1] ?? name)];
}

function schemaWords({ type, enum: values, items, anyOf, allOf, $ref }: Schema): readonly string[] {
  if ($ref !== undefined) return [$ref.split('/').at(-1) ?? ''];
  if (anyOf !== undefined || allOf !== undefined) return (anyOf ?? allOf ?? []).flatMap(schemaWords);
  const types = typeof type === 'string' ? [type] : (type ?? []);
  return types.flatMap((each) => {
    if (each === 'string' && values !== undefined) return values.map((value) => `"${value}"`);
    if (each === 'array') return [`(${wordsOf(schemaWords(items ?? {}))})[]`];
    return [each === 'integer' ? 'number' : each];
  });
}

/** With those of what it extends. */
function membersOf(name: string): readonly ts.PropertySignature[] {
  const declared = interfaces.get(name);
  const parents = declared?.heritageClauses?.flatMap(({ types }) =>
    types.map((type) => type.expression.getText(source)),
  );
  return [...(parents ?? []).flatMap(membersOf), ...(declared?.members.filter(ts.isPropertySignature) ?? [])];
}

function faultsOf(name: string): readonly string[] {
  const [service, schemaName] = SCHEMAS[name] ?? ['order', ''];
  const schema = schemas[service]?.[schemaName];
  if (schema === undefined) return [`${name}: the ${service} service describes no ${schemaName}`];
  return membersOf(name).flatMap((member) => {
    const property = member.name.getText(source);
    const described = schema.properties?.[property];
    if (described === undefined) return [`${name}.${property}: ${schemaName} has no such property`];
    const isOptional = member.questionToken !== undefined;
    const isRequired = schema.required?.includes(property) === true;
    const taken = member.type ? typeWords(member.type) : [];
    const said = schemaWords(described);
    const isWider =
      taken.includes('unknown') || (taken.includes('string') && said.every((word) => /^"|^string$|^null$/.test(word)));
    const isNullTold = taken.includes('unknown') || taken.includes('null') === said.includes('null');
    return [
      ...(isOptional === isRequired ? [`${name}.${property}: is ${isRequired ? '' : 'not '}always there`] : []),
      ...((isWider && isNullTold) || wordsOf(taken) === wordsOf(said)
        ? []
        : [`${name}.${property}: is ${wordsOf(said)}, and not ${wordsOf(taken)}`]),
    ];
  });
}

describe('what the page takes the services’ answers for', () => {
  it('is named for each', () => {
    expect([...interfaces.keys()].filter((name) => !GENERIC.includes(name)).toSorted()).toEqual(
      Object.keys(SCHEMAS).toSorted(),
    );
  });

  it.each(Object.keys(SCHEMAS))('is what they say of it: %s', (name) => {
    expect(membersOf(name)).not.toEqual([]);
    expect(faultsOf(name)).toEqual([]);
  });
});
