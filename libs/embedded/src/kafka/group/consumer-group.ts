import { randomUUID } from 'node:crypto';

import { ErrorCode, type Refusal } from '../protocol/error-codes.js';
import { GroupMember, type JoinResult, type Membership, type SyncResult } from './group-member.js';

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

const refuseJoin = (errorCode: Refusal, memberId: string): JoinResult => ({ kind: 'refused', errorCode, memberId });
const refuseSync = (errorCode: Refusal): SyncResult => ({ kind: 'refused', errorCode });

/**
 * A consumer group under Kafka's classic protocol.
 *
 * Empty: no members. The first join leads to PreparingRebalance: the group waits until every member it knows has joined
 * (again), or the longest rebalance timeout is over; who hasn't joined by then is out. Then a generation begins in
 * CompletingRebalance: each member learns it, the leader assigns partitions and hands them in by its sync, and that makes
 * the group Stable. Joins, leaves, expired sessions and changed subscriptions lead back to PreparingRebalance; the other
 * members hear of it in the answer to their next heartbeat. The last one to go leaves the group Empty.
 */
export class ConsumerGroup {
  #state: GroupState = 'Empty';
  #generationId = 0;
  #leaderId = '';
  #protocolType = '';
  #protocolName = '';
  readonly #members = new Map<string, GroupMember>();
  /** Ids given out to clients that must join again with them, and when they lapse. */
  readonly #promisedIds = new Map<string, NodeJS.Timeout>();
  #rebalance: NodeJS.Timeout | undefined;
  #isInitialDelay = false;

  constructor(
    readonly id: string,
    private readonly initialRebalanceDelayMs: number,
  ) {}

  get state(): GroupState {
    return this.#state;
  }

  get protocolType(): string {
    return this.#protocolType;
  }

  get protocolName(): string {
    return this.#protocolName;
  }

  get members(): Iterable<GroupMember> {
    return this.#members.values();
  }

  get isUnused(): boolean {
    return this.#members.size === 0 && this.#promisedIds.size === 0;
  }

  /** @param needsKnownId the client must first be told its id, and join again with it (JoinGroup 4 and later). */
  join(memberId: string, membership: Membership, needsKnownId: 'needs known id' | 'any id'): Promise<JoinResult> {
    if (!this.#accepts(membership)) {
      return Promise.resolve(refuseJoin(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, memberId));
    }
    const known = this.#members.get(memberId);
    if (known !== undefined) return this.#joinAgain(known, membership);
    const { groupInstanceId, clientId } = membership;
    if (memberId === '') {
      const newId = `${groupInstanceId ?? clientId}-${randomUUID()}`;
      if (groupInstanceId !== null) this.#replaceInstance(groupInstanceId);
      else if (needsKnownId === 'needs known id') return Promise.resolve(this.#promiseId(newId, membership));
      return this.#admit(newId, membership);
    }
    if (this.#promisedIds.has(memberId)) return this.#admit(memberId, membership);
    const isFenced = groupInstanceId !== null && this.#instance(groupInstanceId) !== undefined;
    return Promise.resolve(refuseJoin(isFenced ? ErrorCode.FENCED_INSTANCE_ID : ErrorCode.UNKNOWN_MEMBER_ID, memberId));
  }

  sync(
    memberId: string,
    generationId: number,
    assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
  ): Promise<SyncResult> {
    const member = this.#members.get(memberId);
    if (member === undefined) return Promise.resolve(refuseSync(ErrorCode.UNKNOWN_MEMBER_ID));
    if (generationId !== this.#generationId) return Promise.resolve(refuseSync(ErrorCode.ILLEGAL_GENERATION));
    if (this.#state === 'PreparingRebalance') return Promise.resolve(refuseSync(ErrorCode.REBALANCE_IN_PROGRESS));
    if (this.#state === 'Stable') {
      member.touch();
      return Promise.resolve({ kind: 'assigned', assignment: member.assignment });
    }
    const result = member.awaitSync(refuseSync(ErrorCode.REBALANCE_IN_PROGRESS));
    if (memberId === this.#leaderId) this.#completeAssignment(assignments);
    return result;
  }

  heartbeat(memberId: string, generationId: number): ErrorCode {
    const refusal = this.checkMember(memberId, generationId);
    if (refusal !== undefined) return refusal;
    this.#members.get(memberId)?.touch();
    return this.#state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  }

  /** A member may leave by its id or, from outside, by its instance id. */
  leave(memberId: string, groupInstanceId: string | null): ErrorCode {
    if (this.#forgetPromise(memberId)) {
      this.#completeJoinIfAllJoined();
      return ErrorCode.NONE;
    }
    const member =
      this.#members.get(memberId) ?? (groupInstanceId === null ? undefined : this.#instance(groupInstanceId));
    if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    this.#remove(member);
    return ErrorCode.NONE;
  }

  /** Whether a member of this generation speaks; what to answer if not. */
  checkMember(memberId: string, generationId: number): Refusal | undefined {
    if (!this.#members.has(memberId)) return ErrorCode.UNKNOWN_MEMBER_ID;
    return generationId === this.#generationId ? undefined : ErrorCode.ILLEGAL_GENERATION;
  }

  /** Answers all who wait and stops all clocks; the group must not be used afterwards. */
  close(): void {
    clearTimeout(this.#rebalance);
    for (const lapse of this.#promisedIds.values()) clearTimeout(lapse);
    for (const member of this.#members.values()) {
      member.answerJoin(refuseJoin(ErrorCode.COORDINATOR_NOT_AVAILABLE, member.id));
      member.answerSync(refuseSync(ErrorCode.COORDINATOR_NOT_AVAILABLE));
      member.stopSession();
    }
  }

  #accepts({ protocolType, protocols }: Membership): boolean {
    if (protocolType === '' || protocols.length === 0) return false;
    if (this.#members.size === 0) return true;
    return protocolType === this.#protocolType && protocols.some(({ name }) => this.#allSupport(name));
  }

  #allSupport(protocol: string): boolean {
    return [...this.#members.values()].every((member) => member.supports(protocol));
  }

  #promiseId(memberId: string, { sessionTimeoutMs }: Membership): JoinResult {
    const lapse = setTimeout(() => {
      this.#promisedIds.delete(memberId);
      this.#completeJoinIfAllJoined();
    }, sessionTimeoutMs).unref();
    this.#promisedIds.set(memberId, lapse);
    return refuseJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId);
  }

  #forgetPromise(memberId: string): boolean {
    clearTimeout(this.#promisedIds.get(memberId));
    return this.#promisedIds.delete(memberId);
  }

  #admit(memberId: string, membership: Membership): Promise<JoinResult> {
    this.#forgetPromise(memberId);
    this.#protocolType = membership.protocolType;
    const member: GroupMember = new GroupMember(memberId, membership, () => this.#remove(member));
    this.#members.set(memberId, member);
    return this.#joinNextGeneration(member);
  }

  #joinAgain(member: GroupMember, membership: Membership): Promise<JoinResult> {
    const isUnchanged = member.wantsTheSameAs(membership);
    member.membership = membership;
    const isRetry = this.#state === 'CompletingRebalance' && isUnchanged;
    const isIdleFollower = this.#state === 'Stable' && isUnchanged && member.id !== this.#leaderId;
    if (!isRetry && !isIdleFollower) return this.#joinNextGeneration(member);
    member.touch();
    return Promise.resolve(this.#joined(member));
  }

  #joinNextGeneration(member: GroupMember): Promise<JoinResult> {
    const result = member.awaitJoin(refuseJoin(ErrorCode.REBALANCE_IN_PROGRESS, member.id));
    if (this.#state === 'PreparingRebalance') this.#completeJoinIfAllJoined();
    else this.#prepareRebalance();
    return result;
  }

  #prepareRebalance(): void {
    const isFirst = this.#state === 'Empty';
    this.#state = 'PreparingRebalance';
    for (const member of this.#members.values()) member.answerSync(refuseSync(ErrorCode.REBALANCE_IN_PROGRESS));
    // Consumers tend to start together: a moment's patience saves the first of them a rebalance for each of the others.
    if (isFirst) {
      this.#isInitialDelay = true;
      this.#startRebalanceTimer(this.initialRebalanceDelayMs);
      return;
    }
    const timeouts = [...this.#members.values()].map(({ membership }) => membership.rebalanceTimeoutMs);
    this.#startRebalanceTimer(Math.max(0, ...timeouts));
    this.#completeJoinIfAllJoined();
  }

  #startRebalanceTimer(delayMs: number): void {
    clearTimeout(this.#rebalance);
    this.#rebalance = setTimeout(() => this.#completeJoin(), delayMs).unref();
  }

  #completeJoinIfAllJoined(): void {
    if (this.#state !== 'PreparingRebalance' || this.#promisedIds.size > 0 || this.#isInitialDelay) return;
    if ([...this.#members.values()].every((member) => member.isJoining)) this.#completeJoin();
  }

  #completeJoin(): void {
    clearTimeout(this.#rebalance);
    this.#isInitialDelay = false;
    for (const member of this.#members.values()) {
      if (!member.isJoining) this.#drop(member);
    }
    this.#generationId++;
    const first = this.#members.values().next().value;
    if (first === undefined) {
      this.#state = 'Empty';
      this.#protocolName = '';
      return;
    }
    this.#state = 'CompletingRebalance';
    this.#protocolName = this.#vote();
    if (!this.#members.has(this.#leaderId)) this.#leaderId = first.id;
    for (const member of this.#members.values()) {
      member.assignment = Buffer.alloc(0);
      member.answerJoin(this.#joined(member));
    }
  }

  /** Each member votes for the first of its protocols that all support. */
  #vote(): string {
    const votes = new Map<string, number>();
    for (const member of this.#members.values()) {
      const choice = member.membership.protocols.find(({ name }) => this.#allSupport(name))?.name;
      if (choice !== undefined) votes.set(choice, (votes.get(choice) ?? 0) + 1);
    }
    return [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best), ['', 0])[0];
  }

  #joined(member: GroupMember): JoinResult {
    const isLeader = member.id === this.#leaderId;
    return {
      kind: 'joined',
      generationId: this.#generationId,
      protocolName: this.#protocolName,
      leaderId: this.#leaderId,
      memberId: member.id,
      members: isLeader
        ? [...this.#members.values()].map(({ id, membership }) => ({
            memberId: id,
            groupInstanceId: membership.groupInstanceId,
            metadata: this.#members.get(id)?.metadataFor(this.#protocolName) ?? Buffer.alloc(0),
          }))
        : [],
    };
  }

  #completeAssignment(assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[]): void {
    for (const { memberId, assignment } of assignments) {
      const member = this.#members.get(memberId);
      // A copy: the assignment outlives the request, whose frame may be much larger.
      if (member !== undefined) member.assignment = Buffer.from(assignment);
    }
    this.#state = 'Stable';
    for (const member of this.#members.values()) {
      member.answerSync({ kind: 'assigned', assignment: member.assignment });
    }
  }

  #remove(member: GroupMember): void {
    this.#drop(member);
    if (this.#state === 'PreparingRebalance') this.#completeJoinIfAllJoined();
    else this.#prepareRebalance();
  }

  #drop(member: GroupMember): void {
    this.#members.delete(member.id);
    member.answerJoin(refuseJoin(ErrorCode.UNKNOWN_MEMBER_ID, member.id));
    member.answerSync(refuseSync(ErrorCode.UNKNOWN_MEMBER_ID));
    member.stopSession();
  }

  #instance(groupInstanceId: string): GroupMember | undefined {
    return [...this.#members.values()].find(({ membership }) => membership.groupInstanceId === groupInstanceId);
  }

  /** A static member that comes back without its id takes its own old place over. */
  #replaceInstance(groupInstanceId: string): void {
    const former = this.#instance(groupInstanceId);
    if (former !== undefined) this.#drop(former);
  }
}
