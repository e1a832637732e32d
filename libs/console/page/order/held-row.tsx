import type { LetterRow, ParkedRow, StoryParts } from '@waybill/order-story';

import { mayAct, SERVICES } from '../api.js';
import { words } from '../format.js';
import { LetterActions } from '../letters/letter-actions.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';

/** What a held row is about, in its place on the line of time. */
export function HeldSaid({ row }: { readonly row: LetterRow | ParkedRow }) {
  if (row.kind === 'letter') return <LetterSaid letter={row.letter} />;
  const { service, topic, messages, head } = row.parked;
  return (
    <>
      <i class={`service of-${service}`}>{service}</i> <Status of="key-parked" /> <code>{topic}</code>{' '}
      <small>
        {messages} {messages === 1 ? 'message' : 'messages'}, behind{' '}
        {head === null ? (
          'nothing any more'
        ) : (
          <a href={hrefOf(`/dead-letters/${service}/${head.id}`)}>
            letter {head.id}, {head.state}
          </a>
        )}
        {head?.nextAttemptAt && (
          <>
            , tried again <Time at={head.nextAttemptAt} />
          </>
        )}
      </small>
    </>
  );
}

function LetterSaid({ letter }: { readonly letter: StoryParts['letters'][number] }) {
  return (
    <>
      <i class={`service of-${letter.service}`}>{letter.service}</i> <Status of={letter.state} />{' '}
      <a href={hrefOf(`/dead-letters/${letter.service}/${letter.id}`)}>
        <code>{letter.type ?? 'a record of no type'}</code>
      </a>{' '}
      {letter.attempts > 0 && <small>{letter.attempts} attempts</small>}
    </>
  );
}

interface HeldLetterProps {
  readonly letter: StoryParts['letters'][number];
  readonly done: () => void;
}

/** A failed message in its lineage: how it failed, and what can be done about it. */
export function HeldLetter({ letter, done }: HeldLetterProps) {
  const service = SERVICES.find((name) => name === letter.service);
  return (
    <>
      <p class="hint">
        <a href={hrefOf(`/dead-letters/${letter.service}/${letter.id}`)}>letter {letter.id}</a>,{' '}
        <Status of={letter.state} /> after {letter.attempts} attempts
        {letter.reason !== null && ` · ${words(letter.reason)}`}
        {letter.nextAttemptAt !== null && (
          <>
            {' '}
            · tried again <Time at={letter.nextAttemptAt} />
          </>
        )}
      </p>
      {letter.lastError !== null && <p class="fault">{letter.lastError}</p>}
      {letter.state === 'dead' && service !== undefined && mayAct() && (
        <LetterActions service={service} letter={{ id: letter.id }} done={done} />
      )}
    </>
  );
}
