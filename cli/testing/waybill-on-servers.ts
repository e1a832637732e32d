import { ContractServer } from './contract-server.js';
import { type Ended, type RunningWaybill, startWaybill } from './run-waybill.js';

const NOWHERE = 'http://127.0.0.1:1';

/** Two services that speak the contract, two that can't be reached, and the built command beside them. */
export class WaybillOnServers {
  private constructor(
    readonly order: ContractServer,
    readonly payment: ContractServer,
  ) {}

  static async start(): Promise<WaybillOnServers> {
    return new WaybillOnServers(await ContractServer.start(), await ContractServer.start());
  }

  async stop(): Promise<void> {
    await Promise.all([this.order.stop(), this.payment.stop()]);
  }

  /** On the two services, unless the arguments choose. */
  run(args: readonly string[], more: NodeJS.ProcessEnv = {}, input = ''): RunningWaybill {
    const urls = { ORDER_URL: this.order.url, PAYMENT_URL: this.payment.url };
    const chosen = args.includes('-s') ? args : [...args, '-s', 'order,payment'];
    return startWaybill(chosen, { ...urls, INVENTORY_URL: NOWHERE, SHIPPING_URL: NOWHERE, ...more }, input);
  }
}

/** Fails if stdout holds anything beside one JSON document. */
export function documentOf({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>; // what the tests look at, they compare
}
