import type { ServiceName } from '../api.js';
import { hrefOf } from '../router.js';
import { Health } from './health.js';
import { Lanes } from './lanes.js';
import { OutboxRows } from './outbox-rows.js';
import { ParkedKeysOf } from './parked-keys.js';

interface FlowListProps {
  readonly list: string;
  readonly service: ServiceName;
  readonly topic: string | undefined;
}

/** What a number of the map counts. */
export function FlowList({ list, service, topic }: FlowListProps) {
  return (
    <section>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href={hrefOf('/flow')}>Flow</a>
      </nav>
      {list === 'outbox' && topic !== undefined && <OutboxRows service={service} topic={topic} />}
      {list === 'lanes' && topic !== undefined && <Lanes service={service} topic={topic} />}
      {list === 'parked' && <ParkedKeysOf service={service} />}
      {list === 'health' && <Health service={service} />}
    </section>
  );
}
