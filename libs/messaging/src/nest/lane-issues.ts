import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import type { LaneIssue, LaneLedger, LaneOperator, OpenLaneIssue } from '../lanes/lane-ledger.js';
import { RecordsUnreadable } from '../messaging.errors.js';
import type { FailedMessage, FailureStore, Inbox } from '../ports.js';
import { FAILURE_STORE, INBOX, LANE_LEDGER } from '../tokens.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';

const ANYWHERE = { strict: false } as const;

/** What is wrong with this group's lanes, and how an operator closes it. */
@Injectable()
export class LaneIssues {
  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: Pick<MessagingModuleOptions, 'group'>,
    @Inject(ModuleRef) private readonly moduleRef: Pick<ModuleRef, 'get'>,
  ) {}

  async list(): Promise<readonly OpenLaneIssue[]> {
    return this.#ledger().open(this.options.group);
  }

  /**
   * Closes an issue for good, in the caller's transaction. Records that can't be read become a dead letter, which says where they
   * lay and why, and are passed by the replica that has the lane, within seconds. @returns `undefined` if there is no such open issue
   */
  async settleIn(tx: unknown, id: string, operator: LaneOperator): Promise<LaneIssue | undefined> {
    const issue = await this.#ledger().settle(tx, this.options.group, id, operator);
    if (issue?.kind === 'unreadable') await this.#bury(tx, issue);
    return issue;
  }

  async #bury(tx: unknown, { topic, partition, first, next, reason }: LaneIssue): Promise<void> {
    const { group } = this.options;
    const record = { topic, partition, position: first, key: null, value: null, headers: {}, timestampMs: Date.now() };
    const identity = { source: '', id: `${topic}/${partition}/${first}` };
    const error = new RecordsUnreadable({ topic, partition, first, next }, reason);
    const decision = { kind: 'dead-letter', reason: error.code } as const;
    const letter: FailedMessage = {
      group,
      identity,
      record,
      handler: undefined,
      type: undefined,
      error,
      attempts: 1,
      decision,
    };
    const inbox = this.moduleRef.get<Inbox<unknown>>(INBOX, ANYWHERE);
    await inbox.claim(tx, group, [identity]);
    await inbox.mark(tx, group, [identity], 'dead');
    await this.moduleRef.get<FailureStore<unknown>>(FAILURE_STORE, ANYWHERE).fail(tx, [letter]);
  }

  /** As the consumer's ports it may be bound in any module; so are those that are looked up above. */
  #ledger(): LaneLedger<unknown> {
    return this.moduleRef.get<LaneLedger<unknown>>(LANE_LEDGER, ANYWHERE);
  }
}
