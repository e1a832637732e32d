import { assertDocumented } from '../api/as-documented.js';

/** What the tests read from Waybill's REST interface; the shapes are the published ones. */
export interface OrderBody {
  readonly id: string;
  readonly status: 'PLACED' | 'FULFILLED' | 'REJECTED' | 'CANCELLED';
  readonly customerId: string;
  readonly items: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly unitPrice: number;
    readonly lineTotal: number;
  }[];
  readonly total: { readonly amount: number; readonly currency: string };
  readonly failure?: { readonly step: string; readonly code: string; readonly message: string };
}

export interface SagaBody {
  readonly status: 'RUNNING' | 'COMPLETED' | 'COMPENSATING' | 'COMPENSATED' | 'COMPENSATION_FAILED';
  readonly step: string | null;
  readonly steps: readonly { readonly name: string; readonly status: string; readonly attempts: number }[];
  readonly deadlineAt: string | null;
}

export interface TimelineEntry {
  readonly at: string;
  readonly service: string;
  readonly kind: 'http' | 'command' | 'event' | 'saga';
  readonly type: string;
  readonly messageId: string | null;
  readonly causationId: string | null;
}

export interface StockBody {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** One HTTP exchange with JSON on both sides; never throws for a status. @throws where the answer isn't as docs/api says */
export async function call<Body>(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer<Body>> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  // The caller names the published shape of what it asked for.
  const parsed = (text === '' ? undefined : JSON.parse(text)) as Body;
  assertDocumented({ method, url, status: response.status, body: parsed });
  return { status: response.status, headers: response.headers, text, body: parsed };
}

/** A body that `POST /orders` accepts. */
export function orderRequest(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    customerId: 'cust-1',
    items: [{ sku: 'SKU-MUG-BLUE', quantity: 2 }],
    shippingAddress: {
      name: 'Ada Example',
      line1: '1 Example Street',
      city: 'Berlin',
      postalCode: '10115',
      country: 'DE',
    },
    paymentMethod: 'pm_card_ok',
    ...overrides,
  };
}
