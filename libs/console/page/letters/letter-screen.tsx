import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { ask, learn, mayAct, SERVICES } from '../api.js';
import type { ServiceName } from '../api.js';
import type { AuditedAction, Letter } from '../bodies.js';
import { words } from '../format.js';
import { Json } from '../parts/json.js';
import { KeyLink } from '../parts/key-link.js';
import { Failed, NoSuchService } from '../parts/notice.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';
import { useResource } from '../use-resource.js';
import { Edit } from './edit.js';
import { LetterActions } from './letter-actions.js';

interface Schemas {
  readonly components?: { readonly messages?: Readonly<Record<string, { readonly payload?: unknown }>> };
}

/** Today's version of the message, and its schema: what an edited payload has to fit. */
function todaysVersion({ type }: Letter, { components }: Schemas): { type?: string; schema?: unknown } {
  const nameOf = (text: string): string => text.replace(/\.v\d+$/, '');
  const messages = Object.entries(components?.messages ?? {});
  const [today, message] = messages.find(([key]) => type !== null && nameOf(key) === nameOf(type)) ?? [];
  return today === undefined ? {} : { type: today, schema: message?.payload };
}

export function LetterScreen({ service: name, id }: { readonly service: string; readonly id: string }) {
  const service = SERVICES.find((each) => each === name);
  if (service === undefined) return <NoSuchService name={name} />;
  return <OneLetter service={service} id={id} />;
}

function OneLetter({ service, id }: { readonly service: ServiceName; readonly id: string }) {
  const found = useResource(`${service} ${id}`, async (signal) => {
    const [letter, audit, schemas] = await Promise.all([
      ask<Letter>(service, `/admin/dead-letters/${id}`, signal),
      learn(ask<readonly AuditedAction[]>(service, `/admin/dead-letters/${id}/audit`, signal)),
      learn(ask<Schemas>(service, '/asyncapi.json', signal)),
    ]);
    return { letter, audit, schemas };
  });
  const [revealed, setRevealed] = useState<Letter>();
  const [isChanged, setChanged] = useState(false);
  if (found.refusal && found.value === undefined)
    return <Failed what="The letter can't be shown." refusal={found.refusal} again={found.refresh} />;
  if (found.value === undefined) return <h1>Letter {id}</h1>;
  const { audit, schemas } = found.value;
  const letter = found.value.letter;
  const shown = revealed ?? letter;
  const today = 'value' in schemas ? todaysVersion(letter, schemas.value) : {};
  return (
    <section>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href={hrefOf('/dead-letters')}>Dead letters</a>
      </nav>
      <div class="title">
        <h1>
          Letter {id} of {service} <Status of={letter.state} />
        </h1>
        {mayAct() && letter.state === 'dead' && (
          <LetterActions
            service={service}
            letter={letter}
            done={found.refresh}
            reveal={setRevealed}
            isChanged={isChanged}
          />
        )}
      </div>
      <dl class="facts">
        <Fact name="Message" value={<code>{letter.type ?? 'of no type'}</code>} />
        <Fact name="Key" value={<KeyLink of={letter.key} />} />
        <Fact
          name="Place"
          value={<code>{`${letter.topic}, partition ${letter.partition}, position ${letter.position}`}</code>}
        />
        <Fact name="Handler" value={<code>{letter.handler ?? 'none'}</code>} />
        <Fact name="Attempts" value={letter.attempts} />
        <Fact name="Reason" value={letter.reason === null ? 'none' : words(letter.reason)} />
        <Fact name="Held" value={<Time at={letter.heldAt} />} />
        <Fact name="Behind it" value={`${letter.behind} messages`} />
        <Fact name="Version" value={letter.serviceVersion} />
      </dl>
      {letter.lastError !== null && (
        <>
          <h2>Errors</h2>
          <pre class="json error">{letter.lastError}</pre>
          {letter.firstError !== null && letter.firstError !== letter.lastError && (
            <>
              <p class="hint">At first it was another one:</p>
              <pre class="json error">{letter.firstError}</pre>
            </>
          )}
        </>
      )}
      <div class="columns">
        <div>
          <h2>Payload</h2>
          <p class="hint">{SAID[shown.payloadKind]}</p>
          {revealed === undefined ? (
            <Json value={shown.payload} />
          ) : (
            <Edit service={service} letter={revealed} becomes={today.type} done={found.refresh} changed={setChanged} />
          )}
        </div>
        <div>
          <h2>Headers</h2>
          <Json value={letter.headers} />
          <h2>Schema</h2>
          {today.type === undefined ? (
            <p class="hint">No contract describes it.</p>
          ) : (
            <>
              <p class="hint">
                Of <code>{today.type}</code>
              </p>
              <Json value={today.schema} />
            </>
          )}
        </div>
      </div>
      <h2>Audit</h2>
      {'refusal' in audit && <Failed what="The audit can't be shown." refusal={audit.refusal} />}
      {'value' in audit && audit.value.length === 0 && <p class="hint">Nobody has done anything with it.</p>}
      {'value' in audit && audit.value.length > 0 && (
        <ul class="audit">
          {audit.value.map(({ at, action, who, why }) => (
            <li>
              <Time at={at} /> <strong>{action}</strong> by {who}: {why}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const SAID: Readonly<Record<Letter['payloadKind'], string>> = {
  masked: 'Personal fields are masked.',
  withheld: 'Nobody can say what in it is personal, so only its size and hash are shown.',
  text: 'As it came. That you see it is on record.',
  base64: 'As it came, in base64. That you see it is on record.',
  none: 'The record has no value.',
};

function Fact({ name, value }: { readonly name: string; readonly value: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
