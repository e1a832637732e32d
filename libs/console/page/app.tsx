import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

import { call, session, SERVICES } from './api.js';
import type { Session } from './api.js';
import { count } from './format.js';
import { connection, deadLetters, goLive, isDown, snapshots, troubles } from './live.js';
import { later } from './parts/later.js';
import { proposed } from './parts/propose.js';
import { path } from './router.js';
import { SCREENS } from './screens.js';

const ActionDialog = later(async () => (await import('./parts/dialog.js')).ActionDialog);
const SignIn = later(async () => (await import('./screens/sign-in.js')).SignIn);

export function App() {
  useEffect(() => void call<Session>('/session').then((found) => (session.value = found), openTheDoor), []);
  if (session.value === undefined) return null;
  if (session.value === null) return <SignIn />;
  return <Frame />;
}

/** Without a session one signs in; whatever else is wrong, that is where it is said. */
function openTheDoor(): void {
  session.value = null;
}

function Frame() {
  useEffect(goLive, []);
  const screens = SCREENS.filter(({ isOfLab = false }) => !isOfLab || session.value?.hasLab === true);
  const screen = screens.find(({ matches }) => matches.test(path.value));
  useEffect(() => {
    document.title = screen === undefined ? 'Waybill' : `${screen.name} · Waybill`;
    document.querySelector('.top nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [screen]);
  const [, ...parts] = screen?.matches.exec(path.value) ?? [];
  return (
    <>
      <a class="skip" href="#screen">
        Skip to the screen
      </a>
      <header class="top">
        <a class="brand" href="/console/">
          <img src="/console/assets/icon.svg" alt="" width="22" height="22" />
          Waybill
        </a>
        <nav aria-label="Screens">
          {screens.map(({ name, href }) => (
            <a href={href} aria-current={screen?.name === name ? 'page' : undefined}>
              {name}
              {name === 'Dead letters' && deadLetters.value > 0 && <Badge>{count(deadLetters.value)}</Badge>}
              {name === 'Incidents' && troubles.value > 0 && <Badge>{count(troubles.value)}</Badge>}
            </a>
          ))}
        </nav>
        <Services />
        <Who />
      </header>
      <main id="screen" tabIndex={-1}>
        {screen === undefined ? <NoSuchPage /> : screen.show(...parts)}
      </main>
      <Dialog />
    </>
  );
}

function Dialog() {
  const action = proposed.value;
  return action === undefined ? null : <ActionDialog key={action.title} action={action} />;
}

function NoSuchPage() {
  return (
    <>
      <h1>There is no such page</h1>
      <p>
        <a href="/console/orders">To the orders</a>
      </p>
    </>
  );
}

function Badge({ children }: { readonly children: ComponentChildren }) {
  return <span class="badge bad">{children}</span>;
}

/** Who answers, always in sight: nothing else on the page can be trusted further than that. */
function Services() {
  const lost = connection.value === 'lost';
  return (
    <ul class="services" aria-label="Services">
      {lost && <li class="down">live view lost, trying again</li>}
      {!lost &&
        SERVICES.map((service) => {
          const known = snapshots.value[service] !== undefined;
          const down = isDown(service);
          const state = down ? 'does not answer' : known ? 'answers' : 'not asked yet';
          return (
            <li class={down ? 'down' : ''} title={`The ${service} service ${state}`}>
              <i class={`dot ${down ? 'bad' : known ? 'good' : ''}`} aria-hidden="true" />
              {service}
              <span class={down ? 'said' : 'unseen'}> {state}</span>
            </li>
          );
        })}
    </ul>
  );
}

function Who() {
  const { role, needsToken } = session.value ?? {};
  if (role === 'operator' && needsToken === false) return null;
  const signOut = (): void => void call('/session', { method: 'DELETE' }).finally(() => location.reload());
  return (
    <div class="who">
      {role === 'reader' && <span class="badge">read-only</span>}
      {needsToken === true && (
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      )}
    </div>
  );
}
