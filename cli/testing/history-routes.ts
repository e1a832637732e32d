import { type Answer, type Call, ok, type ServiceState, type TestAct, type TestIncident } from './contract.js';

/** As `GET /admin/incidents` has them: the latest to begin first, by keyset pages. */
export function answerIncidents({ query }: Call, { incidents }: ServiceState): Answer {
  const { state, severity, since = '' } = query;
  const found = incidents.filter(
    (incident) =>
      (state === undefined || (state === 'open') === (incident.endedAt === null)) &&
      (severity === undefined || severity === incident.severity) &&
      (incident.endedAt ?? '9') >= since,
  );
  return pageOf(found, ({ startedAt }) => startedAt, query);
}

/** As `GET /admin/audit` has them. */
export function answerAudit({ query }: Call, { acts }: ServiceState): Answer {
  const { who, about, since = '' } = query;
  const found = acts.filter(
    (act) =>
      (who === undefined || who === act.who) &&
      (about === undefined || about === act.subject || about === act.key) &&
      act.at >= since,
  );
  return pageOf(found, ({ at }) => at, query);
}

function pageOf<Item extends TestAct | TestIncident>(
  found: readonly Item[],
  timeOf: (item: Item) => string,
  { limit = '50', cursor }: Call['query'],
): Answer {
  const newestFirst = found.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  const from = newestFirst.findIndex(({ id }) => id === cursor) + 1;
  const items = newestFirst.slice(from, from + Number(limit));
  return ok({ items, nextCursor: from + items.length < found.length ? items.at(-1)?.id : null });
}
