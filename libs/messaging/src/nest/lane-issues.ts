import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import type { Broker, LaneLag } from '../broker.js';
import { laneId } from '../lanes/lane-id.js';
import type { LaneIssue, LaneLedger, LaneOperator, OpenLaneIssue } from '../lanes/lane-ledger.js';
import { restorationOf } from '../lanes/restoration.js';
import { RecordsUnreadable, StillReadingAgain } from '../messaging.errors.js';
import type { FailedMessage, FailureStore, Inbox } from '../ports.js';
import { BROKER, FAILURE_STORE, INBOX, LANE_LEDGER } from '../tokens.js';
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
   * @throws StillReadingAgain where the lane is one that an older copy of the database hasn't read again
   */
  async settleIn(tx: unknown, id: string, operator: LaneOperator): Promise<LaneIssue | undefined> {
    const open = await this.#ledger().open(this.options.group);
    const skipped = open.find((each) => each.id === id && each.kind === 'skipped');
    if (skipped) await this.#requireReadAgain(skipped);
    const issue = await this.#ledger().settle(tx, this.options.group, id, operator);
    if (issue?.kind === 'unreadable') await this.#bury(tx, issue);
    return issue;
  }

  /** By what the broker says now: what was found at the last look may be seconds old. */
  async #requireReadAgain(issue: OpenLaneIssue): Promise<void> {
    const { group } = this.options;
    const marks = new Map((await this.#ledger().marks(group)).map((mark) => [laneId(mark), mark]));
    const broker = this.moduleRef.get<Broker>(BROKER, ANYWHERE);
    const reader = broker.createLagReader({ group, topics: [issue.topic] });
    let lanes: readonly LaneLag[];
    try {
      lanes = await reader.read();
    } catch (cause) {
      throw new StillReadingAgain(issue, { cause });
    } finally {
      await reader.close();
    }
    if (restorationOf([issue], marks, lanes).state === 'reading-again') throw new StillReadingAgain(issue);
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
