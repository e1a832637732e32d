import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { mergeMap } from 'rxjs';
import type { Observable } from 'rxjs';

import { Replays } from '../replays.js';
import type { ReplayReport, TakenPage } from '../replays.js';

/**
 * Outside the Idempotency-Key's transaction: what is kept with the key is which letters were taken, and they run once that has
 * committed. So a repeated request takes no more letters, and says what has become of those by now.
 */
@Injectable()
export class ReportOutcomes implements NestInterceptor<string, ReplayReport> {
  constructor(private readonly replays: Replays) {}

  intercept(_context: ExecutionContext, next: CallHandler<string>): Observable<ReplayReport> {
    // The page as the handler returned it, now or the first time.
    return next.handle().pipe(mergeMap((page) => this.replays.report(JSON.parse(page) as TakenPage)));
  }
}
