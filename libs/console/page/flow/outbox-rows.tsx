import { act, ask, mayAct } from '../api.js';
import type { ServiceName } from '../api.js';
import type { OutboxState, Page, RefusedMessage, WaitingMessage } from '../bodies.js';
import { count } from '../format.js';
import { KeyLink } from '../parts/key-link.js';
import { Empty, Failed } from '../parts/notice.js';
import { Pages } from '../parts/pages.js';
import { propose } from '../parts/propose.js';
import { useRefresh } from '../parts/refresh.js';
import { Time } from '../parts/time.js';
import { query } from '../router.js';
import { useResource } from '../use-resource.js';

const PAGE = 50;

interface OutboxRowsProps {
  readonly service: ServiceName;
  readonly topic: string;
}

/** What a service has committed and not published yet on a topic, and what the broker refuses for good. */
export function OutboxRows({ service, topic }: OutboxRowsProps) {
  const search = new URLSearchParams({ topic, limit: String(PAGE), cursor: query.value.get('cursor') ?? '0' });
  const found = useResource(`${service} ${search}`, async (signal) => {
    const [rows, { refused }] = await Promise.all([
      ask<Page<WaitingMessage>>(service, `/admin/outbox/waiting?${search}`, signal),
      ask<OutboxState>(service, '/admin/outbox', signal),
    ]);
    return { rows, refused: refused.filter((message) => message.topic === topic) };
  });
  useRefresh(found);
  const { rows, refused = [] } = found.value ?? {};
  return (
    <>
      <div class="title">
        <h1>
          Outbox of {service}, to <code>{topic}</code>
        </h1>
      </div>
      {found.refusal && <Failed what="The outbox can't be shown." refusal={found.refusal} again={found.refresh} />}
      {refused.length > 0 && <Refused service={service} messages={refused} done={found.refresh} />}
      {rows?.items.length === 0 && <Empty title="Nothing waits: all that is committed is published." />}
      {rows !== undefined && rows.items.length > 0 && (
        <table class="rows waiting">
          <thead>
            <tr>
              <th>Key</th>
              <th>Message</th>
              <th class="wide">Id</th>
              <th class="number wide">Bytes</th>
              <th>Written</th>
            </tr>
          </thead>
          <tbody>
            {rows.items.map(({ id, type, key, bytes, createdAt }) => (
              <tr key={id}>
                <td>
                  <KeyLink of={key} message={id} />
                </td>
                <td>
                  <code>{type}</code>
                </td>
                <td class="wide">
                  <code>{id}</code>
                </td>
                <td class="number wide">{count(bytes)}</td>
                <td>
                  <Time at={createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Pages
        list={`/flow/outbox/${service}/${topic}`}
        nextCursor={rows?.nextCursor}
        first="The oldest"
        next="Younger"
      />
    </>
  );
}

interface RefusedProps {
  readonly service: ServiceName;
  readonly messages: readonly RefusedMessage[];
  readonly done: () => void;
}

function Refused({ service, messages, done }: RefusedProps) {
  const decide = (id: string, how: 'retry' | 'discard', explain: string): void =>
    propose({
      title: how === 'retry' ? 'Send it again' : 'Never send it',
      explain,
      verb: how === 'retry' ? 'Retry' : 'Discard',
      asks: 'who and why',
      isDangerous: how === 'discard',
      run: async (operator, key) => {
        await act(service, `/admin/outbox/refused/${id}/${how}`, operator, key);
        done();
      },
    });
  return (
    <ul class="held" aria-label="Messages that the broker refuses for good">
      {messages.map(({ id, key, type, reason, refusedAt, waitingBehind }) => (
        <li key={id}>
          <code>{type}</code> of <KeyLink of={key} message={id} /> was refused for good <Time at={refusedAt} />,{' '}
          {count(waitingBehind)} later ones of its key wait.
          <p class="fault">{reason}</p>
          {mayAct() && (
            <div class="buttons">
              <button
                type="button"
                onClick={() => decide(id, 'retry', 'The broker is asked once more, then what waits behind it follows.')}
              >
                Retry…
              </button>
              <button
                type="button"
                onClick={() =>
                  decide(
                    id,
                    'discard',
                    "Nobody will ever receive it, which can't be taken back. What waits behind it is sent.",
                  )
                }
              >
                Discard…
              </button>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
