import { useState } from 'preact/hooks';

import { act, ask, mayAct, SERVICES } from '../api.js';
import type { ServiceName } from '../api.js';
import type { OutboxMessage, Reveal } from '../bodies.js';
import { Json } from '../parts/json.js';
import { Failed } from '../parts/notice.js';
import { propose } from '../parts/propose.js';
import { Time } from '../parts/time.js';
import { useResource } from '../use-resource.js';

interface MessageDataProps {
  readonly from: string;
  readonly message: OutboxMessage;
}

/** What a message says, without personal fields until somebody has said why they have to be seen. */
export function MessageData({ from, message }: MessageDataProps) {
  const service = SERVICES.find((name) => name === from);
  const [revealed, setRevealed] = useState<OutboxMessage>();
  const { data } = revealed ?? message;
  return (
    <>
      <p class="hint">
        {revealed === undefined ? 'Personal fields are masked.' : 'As it was sent. That you see it is on record.'}
      </p>
      {data === null ? <p class="hint">Too large to be shown.</p> : <Json value={data} />}
      {service !== undefined && revealed === undefined && mayAct() && (
        <button
          type="button"
          onClick={() =>
            propose({
              title: "Reveal this message's data",
              explain:
                'Shows what was sent, with personal data. Your name and reason are kept, also when the message itself is forgotten.',
              verb: 'Reveal',
              asks: 'who and why',
              run: async (operator) =>
                setRevealed(await act<OutboxMessage>(service, `/admin/outbox/messages/${message.id}/reveal`, operator)),
            })
          }
        >
          Reveal…
        </button>
      )}
      {service !== undefined && <Reveals key={String(revealed !== undefined)} service={service} id={message.id} />}
    </>
  );
}

/** To whom it was shown. */
function Reveals({ service, id }: { readonly service: ServiceName; readonly id: string }) {
  const found = useResource(`${service} ${id}`, (signal) =>
    ask<readonly Reveal[]>(service, `/admin/outbox/messages/${id}/audit`, signal),
  );
  if (found.refusal) return <Failed what="Who has seen it isn't known." refusal={found.refusal} />;
  return (
    <ul class="audit">
      {found.value?.map(({ at, who, why }) => (
        <li>
          <Time at={at} /> <strong>revealed</strong> to {who}: {why}
        </li>
      ))}
    </ul>
  );
}
