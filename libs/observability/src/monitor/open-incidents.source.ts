import { Inject, Injectable } from '@nestjs/common';

import { INCIDENT_STORE } from '../alerts/incident-store.js';
import type { IncidentStore } from '../alerts/incident-store.js';
import type { MonitorSource, Sample } from './monitor-source.js';
import { Monitor } from './monitor.js';

/** Which rules are broken now, as the store of incidents has it: after the hold that keeps a flapping one open. */
@Injectable()
export class OpenIncidentsSource implements MonitorSource {
  readonly name = 'incidents';
  readonly gauges = [{ name: 'waybill_incidents', help: 'Incidents that are open', labels: ['rule', 'severity'] }];

  constructor(
    @Inject(INCIDENT_STORE) private readonly store: IncidentStore,
    monitor: Monitor,
  ) {
    monitor.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    const open = await this.store.countOpen();
    return open.map(({ rule, severity, incidents }) => ({
      metric: 'waybill_incidents',
      labels: { rule, severity },
      value: incidents,
    }));
  }
}
