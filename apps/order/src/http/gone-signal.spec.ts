import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import type { Response } from 'express';

import { goneSignal } from './gone-signal.js';

/** A response that is behind others on its connection: it has no socket yet. */
const behindOthers = () => new ServerResponse(new IncomingMessage(new Socket())) as Response; // all that is used of it

describe('the signal that a client has gone', () => {
  it('aborts when the response is closed', () => {
    const response = behindOthers();
    const gone = goneSignal(response);
    expect(gone.aborted).toBe(false);
    response.destroy().emit('close');
    expect(gone.aborted).toBe(true);
  });

  it('is aborted at once where that had happened before', () => {
    const response = behindOthers();
    response.destroy().emit('close');
    expect(goneSignal(response).aborted).toBe(true);
  });
});
