export interface TestOrder {
  readonly id: string;
  status: string;
  readonly customerId: string;
  readonly placedAt: string;
  updatedAt: string;
  readonly [field: string]: unknown;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Its Idempotency-Key; empty where it has none. */
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What the service's own state is, beside its letters; tests set it. */
export interface ServiceState {
  parkedKeys: object[];
  outbox: { refused: { readonly id: string }[] } & Readonly<Record<string, unknown>>;
  topics: object[];
  lanes: object[];
  orphans: { readonly orderId: string }[];
  sagas: { orderId: string; status: string; step: string; readonly [field: string]: unknown }[];
  orders: TestOrder[];
  /** By order, as `GET /admin/sagas/{orderId}/timeline` has them. */
  timelines: Map<string, object[]>;
  /** As `GET /admin/outbox/messages` and `GET /admin/inbox` list them. */
  sent: { readonly id: string }[];
  taken: { readonly messageId: string }[];
  erasures: {
    readonly id: string;
    readonly orders: number;
    pending: { payment: number; shipping: number; payloads: number };
  }[];
  /** Orders by customer; those in `inUse` can't be erased. */
  customers: Map<string, string[]>;
  inUse: Set<string>;
  erasedOrders: string[];
  /** That can be erased by their ids all the same. */
  unknownOrders: Set<string>;
  projections: TestProjection[];
  incidents: TestIncident[];
  acts: TestAct[];
}

/** As `GET /admin/projections` lists it. */
export interface TestProjection {
  readonly name: string;
  rebuild: ({ status: string; position: string | null; target: string } & Readonly<Record<string, unknown>>) | null;
  readonly [field: string]: unknown;
}

/** As `GET /admin/incidents` lists it. */
export interface TestIncident {
  readonly id: string;
  readonly severity: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly [field: string]: unknown;
}

/** As `GET /admin/audit` lists it. */
export interface TestAct {
  readonly id: string;
  readonly at: string;
  readonly who: string | null;
  readonly subject: string | null;
  readonly key: string | null;
  readonly [field: string]: unknown;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });

export function problem(status: number, code: string, detail: string, errors?: readonly object[]): Answer {
  return { status, body: { type: 'about:blank', title: 'Problem', status, code, detail, ...(errors && { errors }) } };
}
