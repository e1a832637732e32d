import { type Broker, NODE_ID } from '../broker.js';
import { ErrorCode } from '../protocol/error-codes.js';
import { describeConfigsApi } from '../protocol/messages/describe-configs.js';
import { describeTopicConfig } from '../topic-config.js';
import { handle } from './request-handler.js';

const ResourceType = { topic: 2, broker: 4 } as const;
const ConfigSource = { topic: 1, default: 5 } as const;

interface ConfigEntry {
  readonly name: string;
  readonly value: string;
  readonly isDefault: boolean;
}

/** Describes the settings of topics and of the broker. */
export const describeConfigs = handle(describeConfigsApi, ({ resources }, { broker }) => ({
  results: resources.map(({ resourceType, resourceName, configurationKeys }) => {
    const entries = entriesOf(broker, resourceType, resourceName);
    if (entries === undefined) {
      const isTopic = resourceType === ResourceType.topic;
      const errorCode = isTopic ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_REQUEST;
      return {
        errorCode,
        errorMessage: `There is no such resource: ${resourceName}`,
        resourceType,
        resourceName,
        configs: [],
      };
    }
    // An empty list asks for all, as null does: kafkajs and Kafka's tools differ in this.
    const wanted =
      configurationKeys === null || configurationKeys.length === 0 ? undefined : new Set(configurationKeys);
    const configs = entries.filter(({ name }) => wanted?.has(name) ?? true).map((entry) => describe(entry));
    return { errorCode: ErrorCode.NONE, errorMessage: null, resourceType, resourceName, configs };
  }),
}));

function entriesOf({ topics, config }: Broker, type: number, name: string): readonly ConfigEntry[] | undefined {
  if (type === ResourceType.topic) {
    const topic = topics.get(name);
    return topic === undefined ? undefined : describeTopicConfig(topic.configs, topics.defaults);
  }
  if (type !== ResourceType.broker || (name !== String(NODE_ID) && name !== '')) return undefined;
  return [
    { name: 'auto.create.topics.enable', value: String(config.autoCreateTopics), isDefault: true },
    { name: 'num.partitions', value: String(config.defaultPartitions), isDefault: true },
    { name: 'log.retention.ms', value: String(config.topicDefaults.retentionMs), isDefault: true },
    { name: 'log.retention.bytes', value: String(config.topicDefaults.retentionBytes), isDefault: true },
  ];
}

const describe = ({ name, value, isDefault }: ConfigEntry) => ({
  name,
  value,
  readOnly: false,
  configSource: isDefault ? ConfigSource.default : ConfigSource.topic,
  isSensitive: false,
  synonyms: [],
});
