import type { Broker } from '../broker.js';
import { BrokerUnderTest } from './broker-contract/broker-under-test.js';
import { deliveryCases } from './broker-contract/delivery-cases.js';
import { groupCases } from './broker-contract/group-cases.js';
import { lagCases } from './broker-contract/lag-cases.js';
import { publishingCases } from './broker-contract/publishing-cases.js';
import { restartCase } from './broker-contract/restart-case.js';
import type { ServerOfItsOwn } from './broker-contract/restart-case.js';
import { topicCases } from './broker-contract/topic-cases.js';

export type { ServerOfItsOwn };

export interface BrokerContractOptions {
  /** Starts a server that the suite may kill; without it the case of a restart is skipped. */
  readonly startServer?: (() => Promise<ServerOfItsOwn>) | undefined;
  /** Whether it keeps records for ever where a topic says so; where it can't, that case is skipped. @default true */
  readonly keepsForEver?: boolean;
}

/**
 * What every {@link Broker} adapter promises; run it on yours. `create` gives a fresh connection to the same broker, whose
 * topics have several lanes. The table of docs/brokers.md shows its cases, for each `name` that it was run with.
 */
export function brokerContract(
  name: string,
  create: () => Promise<Broker> | Broker,
  { startServer, keepsForEver = true }: BrokerContractOptions = {},
): void {
  describe(`${name} keeps the contract of a broker`, () => {
    const at = new BrokerUnderTest(create).prepareEach();
    topicCases(at, keepsForEver);
    publishingCases(at);
    deliveryCases(at);
    groupCases(at);
    lagCases(at);
    restartCase(startServer);
  });
}
