import { SERVICES } from '../api.js';
import { NoSuchService } from '../parts/notice.js';
import { hrefOf, path, query } from '../router.js';
import { Audit } from './audit.js';
import { Incidents } from './incidents.js';

/** What was wrong, and what people did. */
export function IncidentsScreen() {
  const isAudit = path.value === '/audit';
  const service = query.value.get('service') ?? '';
  const isKnown = service === '' || SERVICES.some((name) => name === service);
  return (
    <section>
      <div class="title">
        <h1>{isAudit ? 'Audit' : 'Incidents'}</h1>
        <nav class="tabs" aria-label="Incidents and audit">
          <a href={hrefOf('/incidents')} aria-current={isAudit ? undefined : 'page'}>
            Incidents
          </a>
          <a href={hrefOf('/audit')} aria-current={isAudit ? 'page' : undefined}>
            Audit
          </a>
        </nav>
      </div>
      {!isKnown && <NoSuchService name={service} />}
      {isKnown && (isAudit ? <Audit /> : <Incidents />)}
    </section>
  );
}
