import { defineEvent } from '@waybill/contracts';
import type { TopicSpec } from '@waybill/messaging';
import Type from 'typebox';

export const LOYALTY_EVENTS: TopicSpec = { name: 'loyalty.events', kind: 'event' };

export const PointsCredited = defineEvent({
  topic: LOYALTY_EVENTS.name,
  source: '/loyalty',
  name: 'loyalty.points-credited',
  version: 1,
  schema: Type.Object({ orderId: Type.String(), points: Type.Integer({ minimum: 0 }) }),
});
