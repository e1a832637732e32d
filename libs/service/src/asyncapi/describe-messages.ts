import { deadLetterContract, deadLetterTopic } from '@waybill/dlq';
import { envelopeSchema } from '@waybill/messaging';
import type { MessageContract, TopicSpec } from '@waybill/messaging';

import type { ServiceOptions } from '../service-options.js';
import type { AsyncApiChannel, AsyncApiDocument, AsyncApiOperation, Reference } from './asyncapi-document.js';
import { channelBindings, receiveBindings, servers } from './bindings.js';
import { describeMessage } from './describe-message.js';
import { kcatLine } from './kcat-line.js';

export interface MessagesOptions {
  readonly version: string;
  /** What is put before the names of topics and groups at the broker. */
  readonly prefix: string;
}

type Described = Pick<ServiceOptions, 'name' | 'description' | 'topics' | 'handles' | 'sends'>;

const ABOUT = `
Messages are CloudEvents 1.0 in binary mode: the attributes are headers, the value is the data alone, as JSON.

A sender of commands sets the headers \`ce_specversion\`, \`ce_id\`, \`ce_source\`, \`ce_type\` and \`content-type\`, and the key that the message names.
A message that comes again with the same \`ce_source\` and \`ce_id\` has no second effect. The answer is an event whose \`ce_causationid\` is the
command's \`ce_id\`. Events are sent by the one service that they name; those of anybody else are refused.

Messages of one key arrive in the order in which they were sent, at least once. Readers ignore fields that they don't know; a change that others
could not take is a new version, a type of its own.`;

/** An AsyncAPI 3.0 document of what a service sends and receives: only data, and the same for the same code and settings. */
export function describeMessages(service: Described, { version, prefix }: MessagesOptions): AsyncApiDocument {
  const { name, description, handles } = service;
  const sends = [...(service.sends ?? []), deadLetterContract(name)];
  const contracts = [...handles, ...sends].sort((one, other) => one.type.localeCompare(other.type, 'en'));
  const channels = [...service.topics, deadLetterTopic(name)].map(
    (topic) => [topic.name, channelOf(topic, contracts, prefix)] as const,
  );
  return {
    asyncapi: '3.0.0',
    info: { title: `Waybill ${name} service`, version, description: `${description}.\n${ABOUT}` },
    defaultContentType: 'application/json',
    servers,
    channels: Object.fromEntries(channels.filter(([, { messages }]) => Object.keys(messages).length > 0)),
    operations: Object.fromEntries([
      ...handles.map((contract) => operation('receive', name, contract, { contracts, prefix })),
      ...sends.map((contract) => operation('send', name, contract, { contracts, prefix })),
    ]),
    components: {
      messages: Object.fromEntries(contracts.map((contract) => [idOf(contract), describeMessage(contract)])),
      schemas: { envelope: envelopeSchema },
    },
  };
}

/** Each service records dead letters on a topic of its own. */
const idOf = ({ topic, type }: MessageContract): string => (topic.endsWith('.dlq') ? `${topic}.${type}` : type);
const channelRef = (topic: string): Reference => ({ $ref: `#/channels/${topic}` });
const messageRef = (contract: MessageContract): Reference => ({
  $ref: `#/channels/${contract.topic}/messages/${idOf(contract)}`,
});

function channelOf(topic: TopicSpec, contracts: readonly MessageContract[], prefix: string): AsyncApiChannel {
  const address = prefix + topic.name;
  const messages = contracts.filter((contract) => contract.topic === topic.name);
  const kept = topic.retentionMs === -1 ? ' Its messages are kept for ever.' : '';
  return {
    address,
    description: `${topic.kind === 'command' ? 'Requests to one service.' : 'Facts, for anyone to read.'}${kept}`,
    messages: Object.fromEntries(
      messages.map((contract) => [idOf(contract), { $ref: `#/components/messages/${idOf(contract)}` }]),
    ),
    bindings: channelBindings(topic, address),
  };
}

interface Around {
  readonly contracts: readonly MessageContract[];
  readonly prefix: string;
}

function operation(
  action: AsyncApiOperation['action'],
  service: string,
  contract: MessageContract,
  { contracts, prefix }: Around,
): readonly [string, AsyncApiOperation] {
  const answers = (contract.answeredBy ?? []).flatMap((answer) => contracts.filter(({ name }) => name === answer));
  const [answer] = answers;
  const isOpen = action === 'receive' && contract.kind === 'command';
  return [
    `${service}.${action}.${contract.type}`,
    {
      action,
      summary: `${service} ${action}s ${contract.type}`,
      channel: channelRef(contract.topic),
      messages: [messageRef(contract)],
      ...(answer === undefined
        ? {}
        : { reply: { channel: channelRef(answer.topic), messages: answers.map(messageRef) } }),
      tags: [{ name: service }],
      ...(action === 'receive' ? { bindings: receiveBindings(prefix + service) } : {}),
      ...(isOpen ? { 'x-kcat': kcatLine(contract, prefix) } : {}),
    },
  ];
}
