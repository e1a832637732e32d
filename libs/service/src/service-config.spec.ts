import { setting } from '@waybill/observability';

import { readServiceConfig } from './service-config.js';

const LOYALTY = { name: 'loyalty-points', port: 3005 };
const DATABASE_URL = 'postgresql://postgres@127.0.0.1:5432/postgres';
const own = { pointsPerEuro: setting.int('POINTS_PER_EURO', { min: 1, max: 100, default: 10 }) };

describe('the settings of a service', () => {
  it('are the shared ones, its port and its own, with a database of its own', () => {
    expect(readServiceConfig({ DATABASE_URL, DATABASE_PREFIX: 'test_', POINTS_PER_EURO: '7' }, LOYALTY, own)).toEqual(
      expect.objectContaining({
        port: 3005,
        database: 'test_loyalty_points',
        kafkaBrokers: ['127.0.0.1:9092'],
        pointsPerEuro: 7,
      }),
    );
    expect(readServiceConfig({ DATABASE_URL, LOYALTY_POINTS_PORT: '4711' }, LOYALTY, {}).port).toBe(4711);
  });

  it('are refused all at once, the shared ones beside its own', () => {
    const env = {
      TOPIC_PARTITIONS: '0',
      POINTS_PER_EURO: 'many',
      ALERT_WEBHOOK_URL: 'http://127.0.0.1/',
      ALLOWED_HOSTS: 'shop',
    };
    expect(() => readServiceConfig(env, LOYALTY, own)).toThrow(
      /(?=[\s\S]*DATABASE_URL)(?=[\s\S]*TOPIC_PARTITIONS)(?=[\s\S]*POINTS_PER_EURO)(?=[\s\S]*ADMIN_TOKEN)(?=[\s\S]*ALERT_WEBHOOK_SECRET)/,
    );
  });
});
