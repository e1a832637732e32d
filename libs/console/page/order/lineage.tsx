import type { MessageRow, StoryParts } from '@waybill/order-story';

import { duration, shortId, words } from '../format.js';
import { Copyable } from '../parts/copy.js';
import { Json } from '../parts/json.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { hrefOf, path } from '../router.js';
import { HeldLetter } from './held-letter.js';
import { MessageData } from './message-data.js';

interface LineageProps {
  readonly row: MessageRow;
  readonly story: StoryParts;
  readonly refresh: () => void;
}

/** A message from hand to hand: the step that wanted it, the outbox, its place at the broker, who took it, what came of it. */
export function Lineage({ row, story, refresh }: LineageProps) {
  const { outbox, inbox, letter } = row;
  const held = letter ?? story.letters.find(({ type, state }) => type === row.type && state === 'dead');
  const topic = outbox?.topic ?? held?.topic;
  const parked = story.parked.filter((key) => key.topic === topic && key.service === row.to);
  return (
    <div class="lineage">
      <ol class="chain" aria-label="Lineage">
        <li>
          <h2>{row.isCommand ? 'Saga step' : 'Caused by'}</h2>
          {row.isCommand ? (
            <>
              <p>{row.step === undefined ? 'none' : words(row.step)}</p>
              <p class="hint">
                {row.isUndo ? 'undo, ' : ''}attempt {row.attempt}
              </p>
            </>
          ) : (
            <p>
              <To id={row.causationId} />
            </p>
          )}
        </li>
        <li>
          <h2>Outbox of {row.from}</h2>
          {outbox === undefined ? (
            <p class="hint">forgotten by now, or the service doesn't answer</p>
          ) : (
            <>
              <p>
                written <Time at={outbox.createdAt} />
              </p>
              <p class={outbox.publishedAt === null ? 'fault' : 'hint'}>
                {outbox.isSetAside
                  ? 'set aside: the broker refuses it, or an earlier one of its key'
                  : outbox.publishedAt === null
                    ? 'not published yet'
                    : `published within ${duration(Date.parse(outbox.publishedAt) - Date.parse(outbox.createdAt))}`}
              </p>
            </>
          )}
        </li>
        <li>
          <h2>Topic</h2>
          <p>
            <code>{topic ?? '?'}</code>
          </p>
          <p class="hint">{placeOf(row)}</p>
        </li>
        <li>
          <h2>Inbox of {row.to}</h2>
          {inbox === undefined ? (
            <p class="hint">not taken yet</p>
          ) : (
            <>
              <p>
                <Status of={inbox.outcome} />
              </p>
              <p class="hint">
                taken <Time at={inbox.receivedAt} />
              </p>
            </>
          )}
          {held !== undefined && <HeldLetter letter={held} done={refresh} />}
          {parked.map(({ subscriber, parkedAt, messages }) => (
            <p class="hint" key={subscriber}>
              its key is parked there since <Time at={parkedAt} />: {messages} messages
            </p>
          ))}
        </li>
        <li>
          <h2>{row.isCommand ? 'Answer' : 'What came of it'}</h2>
          {row.answers.length === 0 ? (
            <p class="hint">{row.isCommand ? 'none yet' : 'nothing further'}</p>
          ) : (
            row.answers.map((id) => (
              <p>
                <To id={id} />
              </p>
            ))
          )}
        </li>
      </ol>
      <div class="columns">
        <div>
          <h2>Envelope</h2>
          <dl class="envelope">
            <dt>ce_id</dt>
            <dd>
              <Copyable text={row.id} />
            </dd>
            {outbox !== undefined &&
              [
                ['ce_type', outbox.type],
                ['ce_source', outbox.source],
                ['ce_subject', outbox.subject],
                ['ce_time', outbox.time],
                ['partitionkey', outbox.key],
                ['correlationid', outbox.correlationId],
                ['causationid', outbox.causationId],
                ['traceparent', outbox.traceparent],
              ].map(([name, value]) =>
                value === null ? null : (
                  <>
                    <dt>{name}</dt>
                    <dd>
                      <code>{value}</code>
                    </dd>
                  </>
                ),
              )}
          </dl>
        </div>
        <div>
          <h2>Data{outbox === undefined ? '' : `, ${outbox.bytes} bytes`}</h2>
          {outbox === undefined ? (
            <Json value={row.detail} />
          ) : (
            <MessageData key={outbox.id} from={row.from} message={outbox} />
          )}
        </div>
      </div>
    </div>
  );
}

function placeOf({ inbox, letter }: MessageRow): string {
  const partition = inbox?.partition ?? letter?.partition;
  const position = inbox?.position ?? letter?.position;
  return partition == null || position == null
    ? 'place known once it is taken'
    : `partition ${partition}, position ${position}`;
}

function To({ id }: { readonly id: string | null }) {
  if (id === null) return <>nothing that is known</>;
  return (
    <a href={hrefOf(path.value, { message: id })}>
      <code>{shortId(id)}</code>
    </a>
  );
}
