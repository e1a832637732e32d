import { appsFrom } from './apps.js';
import { banner } from './banner.js';

describe('what npm start prints once all is up', () => {
  const apps = appsFrom({ ORDER_PORT: '4711' });
  const addresses = {
    kafkaBrokers: 'localhost:9092',
    brokerUrl: '',
    databaseUrl: 'postgresql://ada:secret@localhost:5432/postgres',
  };

  it('leads to the console first, to the lab, to each service, and to what an order is placed with', () => {
    const lines = banner(apps, addresses).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '',
      'Waybill is up: http://localhost:4711/',
      '',
      '  lab        http://localhost:4711/console/lab  (break it, and watch what holds)',
    ]);
    expect(lines).toContain('  payment    http://localhost:3002  (API: http://localhost:3002/docs)');
    expect(lines).toContain('  kafka      localhost:9092');
    expect(lines.join('\n')).toContain('curl -i http://localhost:4711/orders -H');
  });

  it('shows no password', () => {
    expect(banner(apps, addresses)).toContain('  postgres   postgresql://ada:***@localhost:5432/postgres');
    const text = banner(apps, { ...addresses, brokerUrl: 'amqp://ada:secret@rabbit:5672' });
    expect(text).toContain('  broker     amqp://ada:***@rabbit:5672');
    expect(text).not.toContain('secret');
  });
});
