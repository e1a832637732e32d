import type { Role } from '../access/session.js';

interface Route {
  readonly method: 'DELETE' | 'GET' | 'POST';
  readonly path: RegExp;
  /** The least that one has to be. */
  readonly role: Role;
}

const ID = '[0-9a-zA-Z-]{1,64}';
const TOPIC = '[A-Za-z0-9_.-]{1,249}';
const SKU = '[A-Za-z0-9_.-]{1,64}';

const looks = (path: string): Route => ({ method: 'GET', path: new RegExp(`^${path}$`), role: 'reader' });
const acts = (path: string): Route => ({ method: 'POST', path: new RegExp(`^${path}$`), role: 'operator' });

/** All that the gateway passes on to services; everything else is refused, whatever the services may learn to do. */
const ROUTES: readonly Route[] = [
  looks('/orders'),
  looks(`/orders/${ID}`),
  looks('/products'),
  looks(`/stock/${SKU}`),
  looks('/asyncapi\\.json'),
  looks('/health/ready'),
  looks('/admin/sagas'),
  looks(`/admin/sagas/${ID}`),
  looks(`/admin/sagas/${ID}/timeline`),
  looks('/admin/overview'),
  looks('/admin/outbox'),
  looks('/admin/outbox/messages'),
  looks(`/admin/outbox/messages/${ID}/audit`),
  looks('/admin/outbox/waiting'),
  looks('/admin/inbox'),
  looks('/admin/topics'),
  looks(`/admin/topics/${TOPIC}/lanes`),
  looks('/admin/incidents'),
  looks('/admin/audit'),
  looks('/admin/lanes'),
  looks('/admin/parked-keys'),
  looks('/admin/dead-letters'),
  looks(`/admin/dead-letters/(count|groups|runs|${ID})`),
  looks(`/admin/dead-letters/${ID}/audit`),
  looks(`/admin/dead-letters/runs/${ID}(/letters)?`),
  { method: 'POST', path: /^\/admin\/dead-letters\/preview$/, role: 'reader' }, // changes nothing
  acts('/orders'),
  acts(`/stock/${SKU}/restock`),
  acts(`/admin/sagas/${ID}/(retry|skip|force|cancel)`),
  acts(`/admin/dead-letters/(replay|discard)`),
  acts(`/admin/dead-letters/${ID}/(edit|reveal)`),
  acts(`/admin/outbox/messages/${ID}/reveal`),
  acts(`/admin/outbox/refused/${ID}/(retry|discard)`),
];

const NAME = '[a-z][a-z-]{0,39}';
const ends = (path: string): Route => ({ method: 'DELETE', path: new RegExp(`^${path}$`), role: 'operator' });

/** And to the lab, where there is one. */
const LAB_ROUTES: readonly Route[] = [
  looks('/lab/faults'),
  looks('/lab/invariants'),
  looks('/lab/lessons'),
  looks(`/lab/lessons/runs/${ID}`),
  acts(`/lab/faults/${NAME}`),
  ends(`/lab/faults/${NAME}`),
  acts(`/lab/lessons/${NAME}`),
];

/** The least role that may do it; `undefined` where nobody may. */
export function roleFor(method: string, path: string, to: 'lab' | 'service' = 'service'): Role | undefined {
  const routes = to === 'lab' ? LAB_ROUTES : ROUTES;
  return routes.find((route) => route.method === method && route.path.test(path))?.role;
}
