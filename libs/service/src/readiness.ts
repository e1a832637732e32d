import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import { HealthIndicators } from '@waybill/http';
import { describeIssue, MessageConsumer } from '@waybill/messaging';

/** Ready = the database takes writes and the consumer has joined its group. Apps add what else they need. */
@Injectable()
export class Readiness {
  constructor(indicators: HealthIndicators, database: Database, consumer: MessageConsumer) {
    indicators.add('database', async () => {
      await database.checkWritable();
      return { ok: true };
    });
    indicators.add('consumer', () => {
      const { healthy, detail } = consumer.health();
      return detail === undefined ? { ok: healthy } : { ok: healthy, detail };
    });
    // What is lost a restart won't bring back, and the other lanes flow: the service stays ready, and says so.
    indicators.add('lanes', () => {
      const told = consumer.laneIssues().map(describeIssue);
      return told.length === 0 ? { ok: true } : { ok: true, detail: `an operator has to settle: ${told.join('; ')}` };
    });
  }
}
