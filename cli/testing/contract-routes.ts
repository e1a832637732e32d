import { type Answer, type Call, ok, problem, type ServiceState } from './contract.js';
import { answerAudit, answerIncidents } from './history-routes.js';
import { ERROR, FINGERPRINT, type LetterBox, type TestLetter } from './letter-box.js';
import { answerInbox, answerMessages } from './order-routes.js';

/** The admin API of one service; undefined: no such route. */
export function answerAdmin(call: Call, box: LetterBox, state: ServiceState): Answer | undefined {
  const [, , resource = '', first = '', second = ''] = call.path.split('/');
  if (call.method === 'POST' && first !== 'preview' && (!isText(call.body['who']) || !isText(call.body['why']))) {
    return problem(400, 'VALIDATION_FAILED', 'Not valid', [{ pointer: '/why', message: 'is required' }]);
  }
  if (resource === 'outbox' && first === 'messages') return answerMessages(call, state);
  if (resource === 'inbox') return answerInbox(call, state);
  if (resource === 'outbox') return call.method === 'GET' ? ok(state.outbox) : answerRefusal(call, state);
  if (resource === 'incidents') return answerIncidents(call, state);
  if (resource === 'audit') return answerAudit(call, state);
  if (resource === 'topics') return ok(state.topics);
  if (resource === 'lanes') return answerLanes(call, state, first);
  if (resource === 'parked-keys') return ok({ items: state.parkedKeys, nextCursor: null });
  if (resource === 'orphans') return answerOrphans(call, state, first);
  if (resource === 'erasures') return answerErasures(call, state, first);
  if (resource === 'projections') return answerProjections(call, state, first, second);
  if (resource === 'sagas') return answerSagas(call, state, first, second);
  if (resource === 'dead-letters') {
    return call.method === 'GET' ? answerLooks(call, box, first, second) : answerChanges(call, box, first, second);
  }
  return undefined;
}

function answerLanes({ method }: Call, state: ServiceState, id: string): Answer {
  if (method === 'GET') return ok(state.lanes);
  const issue = state.lanes.find((lane) => 'id' in lane && lane.id === id);
  if (issue === undefined) return problem(404, 'LANE_ISSUE_NOT_FOUND', `There is no open issue ${id}.`);
  state.lanes = state.lanes.filter((lane) => lane !== issue);
  return ok(issue);
}

function answerLooks({ query }: Call, box: LetterBox, first: string, second: string): Answer {
  const { limit = '50', cursor = '0', ...filter } = query;
  const found = box.matching(filter);
  if (first === 'count') return ok({ count: found.length });
  if (first === 'groups') return ok(groupsOf(found));
  if (first === 'runs') {
    const run = box.run(second);
    return run === undefined ? problem(404, 'REPLAY_RUN_NOT_FOUND', 'There is no such run.') : ok(run);
  }
  if (first === '') {
    const end = Number(cursor) + Number(limit);
    const items = [...found].reverse().slice(Number(cursor), end).map(summary);
    return ok({ items, nextCursor: end < found.length ? String(end) : null });
  }
  const letter = box.find(first);
  if (letter === undefined) return problem(404, 'LETTER_NOT_FOUND', `There is no letter ${first}.`);
  if (second === 'audit') {
    const at = '2026-11-25T01:00:00.000Z';
    return ok(
      box.audit
        .filter((entry) => entry.letter === first)
        .map((entry) => ({ at, ...entry, detail: { outcome: 'replayed' } })),
    );
  }
  return ok({ ...whole(letter), payloadKind: 'masked', payload: { ...letter.payload, name: '***' } });
}

function answerChanges({ body }: Call, box: LetterBox, first: string, second: string): Answer {
  const filter = (body['filter'] ?? {}) as Parameters<LetterBox['replay']>[0]; // what the CLI sends
  const limit = Number(body['limit']);
  const operator = { who: String(body['who']), why: String(body['why']) };
  if (first === 'preview') {
    const found = box.matching(filter);
    const upcasters = ['payment.process.v1→payment.process.v2'];
    const fate = { handler: 'PaymentController.process', upcasters, runs: true, behind: 2 };
    const items = found.slice(0, limit).map(({ id, type, key }) => ({ id, type, key, ...fate }));
    return ok({ count: found.length, keys: found.length, items });
  }
  if (first === 'replay') {
    const { ids } = filter;
    const isSuperseded = Array.isArray(ids) && ids.some((id: string) => box.find(id)?.state === 'superseded');
    return isSuperseded && box.matching(filter).length === 0
      ? problem(409, 'LETTER_SUPERSEDED', `Letter ${String(ids)} can't be replayed: it has been undone.`)
      : ok(box.replay(filter, limit, String(body['run']), operator));
  }
  if (first === 'discard') return ok(box.discard(filter, limit, operator));
  const letter = box.find(first);
  if (letter === undefined) return problem(404, 'LETTER_NOT_FOUND', `There is no letter ${first}.`);
  box.audit.push({ letter: first, action: second, ...operator });
  if (second === 'reveal')
    return ok({ ...whole(letter), payloadKind: 'text', payload: JSON.stringify(letter.payload) });
  const { payload } = body;
  if (typeof payload !== 'object' || payload === null || !('orderId' in payload)) {
    return problem(422, 'INVALID_PAYLOAD', 'The payload breaks its contract', [
      { pointer: '/payload/orderId', message: 'is required' },
    ]);
  }
  letter.state = 'handled';
  return ok({ id: first, messageId: '00000000-0000-4000-8000-000000000042' });
}

function answerSagas(call: Call, { sagas, timelines }: ServiceState, orderId: string, action: string): Answer {
  const { query, method, body } = call;
  if (method === 'GET' && orderId !== '') {
    const saga = sagas.find((one) => one.orderId === orderId);
    if (saga === undefined) return problem(404, 'ORDER_NOT_FOUND', `There is no order ${orderId}.`);
    return ok(action === 'timeline' ? (timelines.get(orderId) ?? []) : { steps: [], ...saga });
  }
  if (method === 'GET') {
    const { status } = query;
    const found = sagas.filter((saga) => status === undefined || saga.status === status);
    return ok({ items: found, nextCursor: null });
  }
  const saga = sagas.find((saga) => saga.orderId === orderId);
  if (saga === undefined) return problem(404, 'SAGA_NOT_FOUND', `Order ${orderId} has no saga.`);
  if (saga.status !== 'COMPENSATION_FAILED') {
    return problem(409, 'SAGA_ACTION_REFUSED', `The saga is ${saga.status}: there is nothing to ${action}.`);
  }
  saga.status = 'COMPENSATING';
  return ok({ ...saga, by: body['who'] });
}

function answerOrphans({ method }: Call, state: ServiceState, orderId: string): Answer {
  if (method === 'GET') return ok({ items: state.orphans, nextCursor: null });
  const orphan = state.orphans.find((one) => one.orderId === orderId);
  if (orphan === undefined) return problem(404, 'NO_ORPHANED_REPLIES', `No dead letter answers ${orderId}.`);
  state.orphans = state.orphans.filter((one) => one !== orphan);
  return ok({ orderId, status: 'COMPENSATING', step: 'process-payment' });
}

function answerErasures({ method, body, query }: Call, state: ServiceState, first: string): Answer {
  const details = { requestedAt: '2026-11-25T01:00:00.000Z', who: 'ada', why: 'request 4711' };
  if (method === 'GET' && first === '') {
    const isPending = ({ pending }: (typeof state.erasures)[number]) =>
      Object.values(pending).some((count) => count > 0);
    const matching = query['pending'] === 'true' ? state.erasures.filter(isPending) : state.erasures;
    const [from, limit] = [Number(query['cursor'] ?? 0), Number(query['limit'])];
    const items = [...matching].reverse().slice(from, from + limit);
    const nextCursor = from + limit < matching.length ? String(from + limit) : null;
    return ok({ items: items.map((one) => ({ ...details, ...one })), nextCursor });
  }
  const erasureId = `0197d6a4-0000-7000-8000-00000000000${state.erasures.length}`;
  if (method === 'GET') {
    const items = state.erasedOrders.map((orderId) => ({ orderId, erasureId, pending: [] }));
    return ok({ items, nextCursor: null });
  }
  const known = state.customers.get(String(body['customerId'])) ?? [];
  const listed = (body['orders'] ?? []) as readonly { readonly orderId: string }[]; // what the CLI sends
  const orderIds = first === 'orders' ? listed.map(({ orderId }) => orderId) : known.splice(0, 2);
  const inUse = orderIds.filter((id) => state.inUse.has(id));
  if (inUse.length > 0) {
    const errors = inUse.map((id) => ({ pointer: '', code: 'NOT_ENDED', message: `order ${id} has not ended` }));
    return problem(409, 'ORDERS_IN_USE', 'Orders of the customer are under way', errors);
  }
  state.erasures.push({ id: erasureId, orders: orderIds.length, pending: { payment: 0, shipping: 0, payloads: 0 } });
  state.erasedOrders.push(...orderIds);
  const unknownOrderIds = orderIds.filter((id) => state.unknownOrders.has(id));
  return ok({ erasureId, orderIds, unknownOrderIds, remaining: first === 'orders' ? 0 : known.length });
}

/** A rebuild comes one step further with each look. */
function answerProjections(
  { method, body }: Call,
  { projections }: ServiceState,
  name: string,
  action: string,
): Answer {
  if (method === 'GET') {
    const shown = structuredClone(projections);
    for (const { rebuild } of projections) {
      if (rebuild?.status !== 'RUNNING') continue;
      rebuild.position = String(Number(rebuild.position) + 100);
      if (Number(rebuild.position) > Number(rebuild.target)) rebuild.status = rebuild['ends'] as string; // set by the test
    }
    return ok(shown);
  }
  const projection = projections.find((one) => one.name === name);
  if (projection === undefined) return problem(404, 'PROJECTION_NOT_FOUND', `There is no projection ${name}.`);
  const isRunning = projection.rebuild?.status === 'RUNNING';
  if (action === 'cancel') {
    if (!isRunning || projection.rebuild === null) return problem(409, 'NO_REBUILD_RUNNING', 'No rebuild is running.');
    projection.rebuild.status = 'CANCELLED';
    return ok({ name });
  }
  if (!isRunning) {
    const asked = { requestedBy: body['who'], reason: body['why'], requestedAt: '2026-11-25T00:00:00.000Z' };
    projection.rebuild = { status: 'RUNNING', position: '0', target: '300', ends: 'DONE', ...asked };
  }
  return { status: 202, body: { name, begun: !isRunning } };
}

function answerRefusal({ path }: Call, { outbox }: ServiceState): Answer {
  const [, , , , id, action] = path.split('/');
  const index = outbox.refused.findIndex((row) => row.id === id);
  if (index < 0) return problem(404, 'REFUSED_MESSAGE_NOT_FOUND', `No message ${id ?? ''} waits.`);
  outbox.refused.splice(index, 1);
  return ok({ id, outcome: action === 'retry' ? 'retried' : 'discarded' });
}

function groupsOf(letters: readonly TestLetter[]) {
  const [first] = letters;
  if (first === undefined) return [];
  const { type, heldAt: firstAt } = first;
  const lastAt = letters.at(-1)?.heldAt ?? firstAt;
  const counts = { letters: letters.length, keys: letters.length, firstAt, lastAt };
  return [{ fingerprint: FINGERPRINT, type, handler: 'PaymentController.process', ...counts, lastError: ERROR }];
}

function summary({ id, key, type, state, heldAt }: TestLetter) {
  const place = { topic: 'payment.commands', partition: 0, position: id };
  const attempts = { attempts: 5, reason: 'RETRIES_EXHAUSTED', fingerprint: FINGERPRINT, lastError: ERROR };
  const times = { heldAt, updatedAt: heldAt, nextAttemptAt: null };
  return { id, state, type, key, ...place, handler: 'PaymentController.process', ...attempts, ...times };
}

function whole(letter: TestLetter) {
  const message = { source: '/waybill/order', messageId: `message-${letter.id}`, group: 'payment' };
  const headers = { ce_type: letter.type };
  const rest = { headers, firstError: ERROR, serviceVersion: '1.0.0', payloadBytes: 40, behind: 2 };
  return { ...summary(letter), ...message, timestamp: letter.heldAt, ...rest };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= 200;
}
