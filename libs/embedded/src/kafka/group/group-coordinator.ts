import { ErrorCode, type Refusal } from '../protocol/error-codes.js';
import type { CommittedOffsets, OffsetToCommit } from './committed-offsets.js';
import { ConsumerGroup } from './consumer-group.js';
import type { JoinResult, Membership, SyncResult } from './group-member.js';

/** As Kafka: offsets of a group without members are kept a week after its last commit. */
const OFFSETS_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;
const MAX_TIMEOUT_MS = 30 * 60 * 1000;

export interface GroupListing {
  readonly groupId: string;
  readonly protocolType: string;
  readonly state: string;
}

/** All consumer groups: those with members, and those of which only committed offsets are left. */
export class GroupCoordinator {
  readonly #groups = new Map<string, ConsumerGroup>();

  constructor(
    readonly offsets: CommittedOffsets,
    private readonly initialRebalanceDelayMs: number,
  ) {}

  get(groupId: string): ConsumerGroup | undefined {
    return this.#groups.get(groupId);
  }

  join(
    groupId: string,
    memberId: string,
    membership: Membership,
    needsKnownId: 'needs known id' | 'any id',
  ): Promise<JoinResult> {
    const refuse = (errorCode: Refusal): Promise<JoinResult> =>
      Promise.resolve({ kind: 'refused', errorCode, memberId });
    if (groupId === '') return refuse(ErrorCode.INVALID_GROUP_ID);
    const { sessionTimeoutMs } = membership;
    if (sessionTimeoutMs < 1 || sessionTimeoutMs > MAX_TIMEOUT_MS) return refuse(ErrorCode.INVALID_SESSION_TIMEOUT);
    const group = this.#groups.get(groupId);
    if (group === undefined && memberId !== '') return refuse(ErrorCode.UNKNOWN_MEMBER_ID);
    return (group ?? this.#begin(groupId)).join(memberId, membership, needsKnownId);
  }

  sync(
    groupId: string,
    memberId: string,
    generationId: number,
    assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
  ): Promise<SyncResult> {
    const group = this.#groups.get(groupId);
    if (group !== undefined) return group.sync(memberId, generationId, assignments);
    return Promise.resolve({ kind: 'refused', errorCode: ErrorCode.UNKNOWN_MEMBER_ID });
  }

  heartbeat(groupId: string, memberId: string, generationId: number): ErrorCode {
    return this.#groups.get(groupId)?.heartbeat(memberId, generationId) ?? ErrorCode.UNKNOWN_MEMBER_ID;
  }

  leave(groupId: string, memberId: string, groupInstanceId: string | null): ErrorCode {
    return this.#groups.get(groupId)?.leave(memberId, groupInstanceId) ?? ErrorCode.UNKNOWN_MEMBER_ID;
  }

  /** Whether this member may commit for the group now; what to answer if not. */
  checkCommit(groupId: string, memberId: string, generationId: number): Refusal | undefined {
    const group = this.#groups.get(groupId);
    const isFromOutside = generationId < 0 && memberId === '';
    if (group === undefined || group.state === 'Empty') {
      // Administrators and clients without a group protocol commit to a group that has no members.
      if (isFromOutside) return groupId === '' ? ErrorCode.INVALID_GROUP_ID : undefined;
      return group === undefined ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.UNKNOWN_MEMBER_ID;
    }
    const refusal = group.checkMember(memberId, generationId);
    if (refusal !== undefined) return refusal;
    return group.state === 'CompletingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : undefined;
  }

  commit(groupId: string, offsets: readonly OffsetToCommit[]): void {
    this.offsets.commit(groupId, offsets);
  }

  list(): readonly GroupListing[] {
    const idle = this.offsets.groupIds().filter((groupId) => !this.#groups.has(groupId));
    return [
      ...[...this.#groups.values()].map(({ id, protocolType, state }) => ({ groupId: id, protocolType, state })),
      ...idle.map((groupId) => ({ groupId, protocolType: 'consumer', state: 'Empty' })),
    ];
  }

  delete(groupId: string): ErrorCode {
    const group = this.#groups.get(groupId);
    if (group === undefined && !this.offsets.has(groupId)) return ErrorCode.GROUP_ID_NOT_FOUND;
    if (group !== undefined && !group.isUnused) return ErrorCode.NON_EMPTY_GROUP;
    this.#forget(groupId);
    return ErrorCode.NONE;
  }

  /** Forgets groups without members: those without offsets at once, the others when their offsets are a week old. */
  expireUnused(now: number): void {
    for (const { groupId } of this.list()) {
      if (this.#groups.get(groupId)?.isUnused === false) continue;
      if (this.offsets.lastCommitOf(groupId) < now - OFFSETS_RETENTION_MS) this.#forget(groupId);
    }
  }

  close(): void {
    for (const group of this.#groups.values()) group.close();
    this.offsets.close();
  }

  #begin(groupId: string): ConsumerGroup {
    const group = new ConsumerGroup(groupId, this.initialRebalanceDelayMs);
    this.#groups.set(groupId, group);
    return group;
  }

  #forget(groupId: string): void {
    this.#groups.get(groupId)?.close();
    this.#groups.delete(groupId);
    this.offsets.deleteGroup(groupId);
  }
}
