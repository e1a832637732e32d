import type { Database } from '@waybill/database';
import { defaultRules, monitorSettings, readConfig } from '@waybill/observability';

import { projectionMonitor } from './projection-states.js';

it('measures what the rule projection-lag looks at', () => {
  const rule = defaultRules(readConfig({}, monitorSettings)).find(({ name }) => name === 'projection-lag');
  const { gauges } = projectionMonitor({} as Database, []); // nothing is read
  expect(gauges.find(({ name }) => name === rule?.metric)?.labels).toEqual(rule?.by);
});
