import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import { HealthIndicators } from '@waybill/http';
import { MessageConsumer } from '@waybill/messaging';

const PING = { name: 'ping', text: 'SELECT 1' };

/** Ready = the database answers and the consumer has joined its group. Apps add what else they need. */
@Injectable()
export class Readiness {
  constructor(indicators: HealthIndicators, database: Database, consumer: MessageConsumer) {
    indicators.add('database', async () => ({ ok: (await database.query(PING)).length === 1 }));
    indicators.add('consumer', () => {
      const { healthy, detail } = consumer.health();
      return detail === undefined ? { ok: healthy } : { ok: healthy, detail };
    });
  }
}
