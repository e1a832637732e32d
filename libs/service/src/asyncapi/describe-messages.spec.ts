import { PaymentCharged, PaymentDeclined, ProcessPayment, topics } from '@waybill/contracts';

import { describeMessages } from './describe-messages.js';
import { messagesPage } from './messages-page.js';

const SERVICE = {
  name: 'payment',
  description: 'Charges payments',
  topics: [topics.paymentCommands, topics.paymentEvents, topics.catalogue],
  handles: [ProcessPayment],
  sends: [PaymentCharged, PaymentDeclined],
};
const describe1 = (change: object = {}, prefix = '') =>
  describeMessages({ ...SERVICE, ...change }, { version: '1.2.3', prefix });

describe('the description of a service by its messages', () => {
  it('has the topics that it uses, under the names that they have at the broker, its dead letters last', () => {
    const { channels } = describe1({}, 'red.');
    expect(Object.values(channels).map(({ address }) => address)).toEqual([
      'red.payment.commands',
      'red.payment.events',
      'red.payment.dlq',
    ]);
    expect(channels['payment.commands']?.bindings).toMatchObject({
      kafka: { topic: 'red.payment.commands' },
      amqp: { exchange: { name: 'red.payment.commands' } },
    });
  });

  it('says what it does with each message, and which events answer a command, the usual one first', () => {
    const { operations } = describe1({}, 'red.');
    expect(Object.keys(operations)).toEqual([
      `payment.receive.${ProcessPayment.type}`,
      'payment.send.payment.charged.v1',
      'payment.send.payment.declined.v1',
      'payment.send.dead-letter.recorded.v1',
    ]);
    expect(operations[`payment.receive.${ProcessPayment.type}`]).toMatchObject({
      reply: {
        channel: { $ref: '#/channels/payment.events' },
        messages: [
          { $ref: '#/channels/payment.events/messages/payment.charged.v1' },
          { $ref: '#/channels/payment.events/messages/payment.declined.v1' },
        ],
      },
      bindings: { kafka: { groupId: { enum: ['red.payment'] } }, sns: { consumers: [{ protocol: 'sqs' }] } },
      'x-kcat': expect.stringContaining(' -t red.payment.commands '),
    });
  });

  it('names the one service that sends an event, the field that is the key, and older versions that are read', () => {
    const { messages } = describe1().components;
    expect(messages['payment.charged.v1']?.headers).toMatchObject({ properties: { ce_source: { const: '/payment' } } });
    expect(messages[ProcessPayment.type]).toMatchObject({
      'x-key': '/orderId',
      'x-also-read': ['payment.process.v1'],
    });
    expect(messages[ProcessPayment.type]?.payload).toMatchObject({
      properties: { paymentMethod: { properties: { token: { 'x-personal': true } } } },
    });
  });
});

describe('the page of messages', () => {
  it('shows each message with who does what with it, its fields and its example', () => {
    const page = messagesPage(describe1());
    for (const text of ['sent by payment', 'received by payment', 'amount.currency', 'pm_card_ok', 'kcat -P']) {
      expect(page).toContain(text);
    }
    expect(page.indexOf('id="payment.commands"')).toBeLessThan(page.indexOf('id="payment.dlq"'));
  });

  it('has no script, and nothing from elsewhere', () => {
    const page = messagesPage(describe1());
    expect(page).not.toMatch(/<script|<style|style=|https?:/);
    expect([...page.matchAll(/<link [^>]*href="([^"]+)"/g)].map(([, href]) => href)).toEqual(['/asyncapi.css']);
  });

  it('escapes what contracts say', () => {
    const description = `<img src=x onerror="alert('1')"> & more`;
    const page = messagesPage(describe1({ sends: [{ ...PaymentCharged, description }], description }));
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more');
  });
});
