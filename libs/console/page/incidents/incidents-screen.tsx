import { hrefOf, path } from '../router.js';
import { Audit } from './audit.js';
import { Incidents } from './incidents.js';

/** What was wrong, and what people did. */
export function IncidentsScreen() {
  const isAudit = path.value === '/audit';
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
      {isAudit ? <Audit /> : <Incidents />}
    </section>
  );
}
