import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Shutdown, UnavailableError } from '@waybill/http';
import type { Response } from 'express';

import { FromOwnPage, SignedIn } from '../access/console-access.js';
import { LiveFeed } from './live-feed.js';
import type { Snapshot } from './live-feed.js';

/** Pages that are open at once, in one process. */
const MOST_PAGES = 50;
/** A page that doesn't read gets no more, and catches up with the next snapshot that fits. */
const MOST_WAITING_BYTES = 1_000_000;

/** Server-sent events: a snapshot a second of each service. */
@ApiExcludeController()
@UseGuards(FromOwnPage, SignedIn)
@Controller('console/api/live')
export class LiveController {
  constructor(
    private readonly feed: LiveFeed,
    private readonly shutdown: Shutdown,
  ) {}

  @Get()
  stream(@Res() response: Response): void {
    if (this.shutdown.begun) throw new UnavailableError('STOPPING', 'The service is shutting down.');
    if (this.feed.listeners >= MOST_PAGES) {
      throw new UnavailableError('TOO_MANY_PAGES', `${MOST_PAGES} pages of the console are open already.`, 30);
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    response.write('retry: 2000\n\n');
    const send = (snapshot: Snapshot): void => {
      if (response.writableLength < MOST_WAITING_BYTES) response.write(`data: ${JSON.stringify(snapshot)}\n\n`);
    };
    const end = this.feed.subscribe(send);
    const close = (): void => void response.end();
    this.shutdown.signal.addEventListener('abort', close, { once: true });
    response.once('close', () => {
      end();
      this.shutdown.signal.removeEventListener('abort', close);
    });
  }
}
