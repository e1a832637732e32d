import { brokerContract } from '@waybill/messaging/testing';

import { describeOnRabbit, TestRabbit } from './testing/test-rabbit.js';

jest.setTimeout(60_000);

describeOnRabbit('RabbitMQ', () => {
  brokerContract('RabbitMQ', () => new TestRabbit().brokerAlone());
});
