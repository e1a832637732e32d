import type { LetterRow, ParkedRow, StoryParts } from '@waybill/order-story';

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
