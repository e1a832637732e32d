import { Inject, Injectable, Logger } from '@nestjs/common';
import { CreateShipment, ProcessPayment, ReserveStock } from '@waybill/contracts';
import { ConflictError } from '@waybill/http';
import { encodeEnvelope } from '@waybill/messaging';
import type { RecordToPublish } from '@waybill/messaging';
import { newId } from '@waybill/observability';
import { openBroker } from '@waybill/service';

import { LAB_CONFIG } from '../lab-config.token.js';
import type { LabConfig } from '../lab.config.js';
import type { Dial, DialHolder, Settings } from './dial.js';

const CONTRACTS = { payment: ProcessPayment, inventory: ReserveStock, shipping: CreateShipment } as const;
type Receiver = keyof typeof CONTRACTS;

const BROKEN = {
  'not JSON': () => '{"orderId":',
  'against its contract': (orderId: string) => JSON.stringify({ orderId, amount: 'a lot' }),
} as const;
type Fault = keyof typeof BROKEN;

const CHOICES = { to: ['payment', 'inventory', 'shipping'], fault: ['not JSON', 'against its contract'] } as const;

/** A command that nobody can handle, about an order that doesn't exist: whatever becomes of it, no order waits behind it. */
@Injectable()
export class PoisonMessage implements DialHolder {
  #sent = 0;

  constructor(@Inject(LAB_CONFIG) private readonly config: LabConfig) {}

  async dials(): Promise<readonly Dial[]> {
    return [
      { name: 'poison-message', kind: 'once', choices: CHOICES, unavailable: null, active: null, did: this.#sent },
    ];
  }

  async begin(_: string, settings: Settings): Promise<void> {
    const { topic, type } = CONTRACTS[settings['to'] as Receiver];
    const orderId = newId();
    const id = newId();
    const envelope = {
      id,
      source: '/order',
      type,
      subject: orderId,
      time: new Date().toISOString(),
      correlationId: id,
    };
    await this.#publish({
      topic,
      key: Buffer.from(orderId),
      value: Buffer.from(BROKEN[settings['fault'] as Fault](orderId)),
      headers: encodeEnvelope(envelope, orderId),
    });
    this.#sent += 1;
  }

  async end(): Promise<void> {}

  /** With a connection of its own, which ends with it. */
  async #publish(record: RecordToPublish): Promise<void> {
    const broker = openBroker('lab', this.config)({ partitions: this.config.topicPartitions }, new Logger('Poison'));
    try {
      const publisher = await broker.createPublisher();
      const [outcome] = await publisher.publish([record]);
      await publisher.close();
      if (outcome?.ok !== true)
        throw new ConflictError('BROKER_REFUSED', 'The broker has not taken it.', { cause: outcome?.error });
    } finally {
      await broker.close();
    }
  }
}
