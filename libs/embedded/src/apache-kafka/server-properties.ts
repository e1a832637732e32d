export interface ServerPropertiesInput {
  readonly port: number;
  /** Of the whole cluster, in the order of the nodes, which are numbered from 1. */
  readonly controllerPorts: readonly number[];
  readonly nodeId: number;
  readonly logDir: string;
  readonly listeners: readonly Listener[];
}

/** A listener beside the plain one, on 127.0.0.1; its settings are `listener.name.<name in lower case>.…`. */
export interface Listener {
  readonly name: string;
  readonly protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT';
  readonly port: number;
}

const MOST_REPLICAS = 3;

/**
 * A KRaft node, broker and controller in one, on 127.0.0.1 only. What is not said here is Apache Kafka's default. Three nodes keep
 * everything three times, and acknowledge what two of them have.
 */
export function serverProperties(
  { port, controllerPorts, nodeId, logDir, listeners }: ServerPropertiesInput,
  more: Readonly<Record<string, string>> = {},
): string {
  const replicas = Math.min(controllerPorts.length, MOST_REPLICAS);
  const [replicationFactor, minInSync] = [String(replicas), String(Math.max(1, replicas - 1))];
  const addresses = [
    `PLAINTEXT://127.0.0.1:${port}`,
    ...listeners.map((more) => `${more.name}://127.0.0.1:${more.port}`),
  ];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': String(nodeId),
    'controller.quorum.voters': controllerPorts.map((voter, index) => `${index + 1}@127.0.0.1:${voter}`).join(','),
    listeners: [...addresses, `CONTROLLER://127.0.0.1:${controllerPorts[nodeId - 1]}`].join(','),
    'advertised.listeners': addresses.join(','),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': [
      'PLAINTEXT:PLAINTEXT',
      'CONTROLLER:PLAINTEXT',
      ...listeners.map(({ name, protocol }) => `${name}:${protocol}`),
    ].join(','),
    'log.dirs': logDir,
    'num.partitions': '6',
    'default.replication.factor': replicationFactor,
    'min.insync.replicas': minInSync,
    // A typing error in a topic's name shall fail, not create a topic that nobody reads.
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.num.partitions': '6',
    'offsets.topic.replication.factor': replicationFactor,
    'transaction.state.log.num.partitions': '6',
    'transaction.state.log.replication.factor': replicationFactor,
    'transaction.state.log.min.isr': minInSync,
    'share.coordinator.state.topic.num.partitions': '6',
    'share.coordinator.state.topic.replication.factor': replicationFactor,
    'share.coordinator.state.topic.min.isr': minInSync,
    ...more,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escapeValue(value)}\n`)
    .join('');
}

/** Java's properties format: a backslash escapes, and everything beyond ASCII is written as \uXXXX. */
function escapeValue(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
