import { readConfig } from '../config/read-config.js';
import { monitorSettings } from '../monitor/monitor-config.js';
import type { Sample } from '../monitor/monitor-source.js';
import { AlertChannels } from './alert-channels.js';
import type { Alert, AlertPort } from './alert.js';
import { Alerts } from './alerts.js';
import { defaultRules } from './default-rules.js';
import { InMemoryIncidents } from './in-memory-incidents.js';

const TICK_MS = 15_000;
const rules = defaultRules(readConfig({}, monitorSettings));

class Collected implements AlertPort {
  readonly alerts: Alert[] = [];
  failing = 0;

  async send(alert: Alert): Promise<void> {
    if (this.failing > 0) {
      this.failing -= 1;
      throw new Error('No way through');
    }
    this.alerts.push(alert);
  }

  get told(): string[] {
    return this.alerts.map(({ rule, subject, state }) => `${rule} ${subject} ${state}`);
  }
}

function replicas(count: number) {
  let now = 1_700_000_000_000;
  const incidents = new InMemoryIncidents(() => now);
  const port = new Collected();
  const failures: unknown[] = [];
  const start = () =>
    new Alerts({
      service: 'payment',
      rules,
      incidents,
      port,
      resolveAfterMs: 60_000,
      onFailure: (error) => failures.push(error),
    });
  const all = Array.from({ length: count }, start);
  return {
    port,
    failures,
    restart: () => all.splice(0, 1, start()),
    /** One interval: every replica looks at the same thing. */
    async tick(metric: string, value: number | 'unknown', labels: Sample['labels'] = { group: 'payment' }) {
      now += TICK_MS;
      const samples = value === 'unknown' ? [] : [{ metric, labels, value }];
      const measured = new Set(value === 'unknown' ? [] : [metric]);
      await Promise.all(all.map((alerts) => alerts.evaluate(samples, measured)));
      await Promise.all(all.map((alerts) => alerts.deliver()));
    },
  };
}

describe('alerts', () => {
  it('tell once of 1,000 dead letters that come one by one, not once per message, and once of the end', async () => {
    const { port, tick } = replicas(2);
    for (let letters = 1; letters <= 1_000; letters += 1) await tick('waybill_dead_letters', letters);
    expect(port.told).toEqual(['dead-letters group=payment firing']);
    for (let minute = 0; minute < 10; minute += 1) await tick('waybill_dead_letters', 0);
    expect(port.told).toEqual(['dead-letters group=payment firing', 'dead-letters group=payment resolved']);
    expect(port.alerts[1]).toMatchObject({ peak: 1_000, service: 'payment', incident: port.alerts[0]?.incident });
  });

  it('F70: name no range of records where a topic was lost as a whole', async () => {
    const { port, tick } = replicas(1);
    const lost = { group: 'g', topic: 't', partition: '-1', kind: 'topic-lost', first: '', next: '' };
    await tick('waybill_lane_issues', 1, lost);
    expect(port.told).toEqual(['lane-issue group=g topic=t partition=-1 kind=topic-lost firing']);
  });

  it('F85: name the topic and the queue where the broker itself has given up records', async () => {
    const { port, tick } = replicas(1);
    const where = { topic: 'payment.commands', queue: 'payment_commands-net.fifo' };
    await tick('waybill_broker_dead_letters', 0, where);
    expect(port.told).toEqual([]);
    await tick('waybill_broker_dead_letters', 1, where);
    expect(port.alerts).toMatchObject([{ rule: 'broker-dead-letters', severity: 'critical', state: 'firing' }]);
    expect(port.told[0]).toContain('topic=payment.commands queue=payment_commands-net.fifo');
  });

  it('count flapping as one incident, whose end comes when it has been quiet for the whole time', async () => {
    const { port, tick } = replicas(1);
    for (let flap = 0; flap < 20; flap += 1) {
      await tick('waybill_consumer_lag_seconds', 61, { group: 'g', topic: 't' });
      await tick('waybill_consumer_lag_seconds', 0, { group: 'g', topic: 't' });
      await tick('waybill_consumer_lag_seconds', 0, { group: 'g', topic: 't' });
    }
    expect(port.told).toEqual(['consumer-lag group=g topic=t firing']);
    for (let quiet = 0; quiet < 2; quiet += 1) await tick('waybill_consumer_lag_seconds', 0);
    expect(port.told).toEqual(['consumer-lag group=g topic=t firing', 'consumer-lag group=g topic=t resolved']);
  });

  it('do not tell again after a restart', async () => {
    const { port, tick, restart } = replicas(2);
    await tick('waybill_dead_letters', 3);
    restart();
    await tick('waybill_dead_letters', 3);
    expect(port.told).toHaveLength(1);
  });

  it('conclude nothing from what could not be measured', async () => {
    const { port, tick } = replicas(1);
    await tick('waybill_dead_letters', 3);
    for (let blind = 0; blind < 40; blind += 1) await tick('waybill_dead_letters', 'unknown');
    expect(port.told).toEqual(['dead-letters group=payment firing']);
    await tick('waybill_dead_letters', 3);
    expect(port.told).toHaveLength(1);
  });

  it('try again later, in order, what could not be told', async () => {
    const { port, tick, failures } = replicas(1);
    port.failing = 2;
    for (let interval = 0; interval < 40; interval += 1) {
      await tick('waybill_dead_letters', interval === 0 ? 1 : 0);
    }
    expect(failures).toHaveLength(2);
    expect(port.told).toEqual(['dead-letters group=payment firing', 'dead-letters group=payment resolved']);
  });

  it('stay silent at a threshold, and speak above it', async () => {
    const { port, tick } = replicas(1);
    await tick('waybill_outbox_oldest_seconds', 60, { topic: 't' });
    await tick('waybill_sagas', 5, { status: 'RUNNING' });
    await tick('waybill_parked_key_oldest_seconds', Number.NaN);
    expect(port.told).toEqual([]);
    await tick('waybill_outbox_oldest_seconds', 60.1, { topic: 't' });
    await tick('waybill_sagas', 1, { status: 'COMPENSATION_FAILED' });
    expect(port.told).toEqual(['outbox-old topic=t firing', 'compensation-failed status=COMPENSATION_FAILED firing']);
  });

  it('all reach the log while the webhook hangs, and each has its turn there', async () => {
    let now = 1_700_000_000_000;
    const log = new Collected();
    const tried: string[] = [];
    const endings: ((error: Error) => void)[] = [];
    const hanging: AlertPort = {
      send: async ({ subject }) => {
        tried.push(subject);
        await new Promise((_, reject) => endings.push(reject));
      },
    };
    const alerts = new Alerts({
      service: 'payment',
      rules,
      incidents: new InMemoryIncidents(() => now),
      port: new AlertChannels([log, hanging]),
      resolveAfterMs: 60_000,
      onFailure: () => {},
    });
    const topics = Array.from({ length: 24 }, (_, index) => `topic=t${index}`);
    const samples = topics.map((subject) => ({
      metric: 'waybill_outbox_oldest_seconds',
      labels: { topic: subject.slice(6) },
      value: 61,
    }));
    await alerts.evaluate(samples, new Set(['waybill_outbox_oldest_seconds']));
    for (let round = 0; round < 3; round += 1) {
      const delivering = alerts.deliver();
      await new Promise((resolve) => setImmediate(resolve));
      for (const end of endings.splice(0)) end(new Error('It gave no answer in time'));
      await delivering;
      now += 1_000;
    }
    expect(log.alerts.map(({ subject }) => subject)).toEqual(topics);
    expect(tried).toEqual(topics); // none twice before each was tried
    now += 200_000;
    const delivering = alerts.deliver();
    await new Promise((resolve) => setImmediate(resolve));
    expect(tried.slice(24)).toEqual(topics.slice(0, 16));
    for (const end of endings.splice(0)) end(new Error('It gave no answer in time'));
    await delivering;
    expect(log.alerts).toHaveLength(24);
  });

  it('reach every channel once, although one of them fails and is tried again', async () => {
    const [log, webhook] = [new Collected(), new Collected()];
    webhook.failing = 1;
    const channels = new AlertChannels([log, webhook]);
    const { port, tick } = replicas(1);
    await tick('waybill_dead_letters', 1);
    const [alert] = port.alerts;
    if (!alert) throw new Error('Nothing was told');
    await expect(channels.send(alert)).rejects.toThrow('No way through');
    await channels.send(alert);
    expect([log.told, webhook.told]).toEqual([port.told, port.told]);
  });
});
