import { useState } from 'preact/hooks';

import { call, Refusal, session } from '../api.js';
import type { Session } from '../api.js';
import { fieldOf } from '../parts/form.js';

export function SignIn() {
  const [fault, setFault] = useState('');
  const signIn = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const token = fieldOf(event, 'token');
    try {
      session.value = await call<Session>('/session', { method: 'POST', body: { token } });
    } catch (error) {
      setFault(error instanceof Refusal ? error.message : String(error));
    }
  };
  return (
    <main class="sign-in">
      <h1>Waybill</h1>
      <form onSubmit={(event) => void signIn(event)}>
        <label>
          Token
          <input type="password" name="token" autocomplete="current-password" required autoFocus />
        </label>
        <p class="hint">
          <code>ADMIN_TOKEN</code> of the services, or <code>CONSOLE_READ_TOKEN</code> to look without changing
          anything.
        </p>
        {fault !== '' && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <button type="submit">Sign in</button>
      </form>
    </main>
  );
}
