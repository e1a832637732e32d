import type { Refusal } from '../protocol/error-codes.js';

export interface GroupProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

/** What a client says of itself when it joins. */
export interface Membership {
  readonly clientId: string;
  readonly clientHost: string;
  readonly groupInstanceId: string | null;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** In the order of the client's preference. */
  readonly protocols: readonly GroupProtocol[];
}

export type JoinResult =
  | { readonly kind: 'refused'; readonly errorCode: Refusal; readonly memberId: string }
  | {
      readonly kind: 'joined';
      readonly generationId: number;
      readonly protocolName: string;
      readonly leaderId: string;
      readonly memberId: string;
      /** Filled for the leader alone: it assigns the partitions. */
      readonly members: readonly {
        readonly memberId: string;
        readonly groupInstanceId: string | null;
        readonly metadata: Buffer;
      }[];
    };

export type SyncResult =
  | { readonly kind: 'refused'; readonly errorCode: Refusal }
  | { readonly kind: 'assigned'; readonly assignment: Buffer };

/** One member of a consumer group: what it wants, what it has, and the answers that it waits for. */
export class GroupMember {
  assignment: Buffer = Buffer.alloc(0);
  #answerJoin: ((result: JoinResult) => void) | undefined;
  #answerSync: ((result: SyncResult) => void) | undefined;
  #session: NodeJS.Timeout | undefined;

  constructor(
    readonly id: string,
    public membership: Membership,
    private readonly onExpired: () => void,
  ) {}

  get isJoining(): boolean {
    return this.#answerJoin !== undefined;
  }

  /** Resolves when the rebalance is complete. The one that asked before for the same member is told to start over. */
  awaitJoin(whenRepeated: JoinResult): Promise<JoinResult> {
    this.answerJoin(whenRepeated);
    return new Promise((resolve) => {
      this.#answerJoin = resolve;
      this.stopSession();
    });
  }

  answerJoin(result: JoinResult): void {
    const answer = this.#answerJoin;
    if (answer === undefined) return;
    this.#answerJoin = undefined;
    this.touch();
    answer(result);
  }

  /** Resolves when the leader has assigned the partitions. */
  awaitSync(whenRepeated: SyncResult): Promise<SyncResult> {
    this.answerSync(whenRepeated);
    return new Promise((resolve) => {
      this.#answerSync = resolve;
      this.stopSession();
    });
  }

  answerSync(result: SyncResult): void {
    const answer = this.#answerSync;
    if (answer === undefined) return;
    this.#answerSync = undefined;
    this.touch();
    answer(result);
  }

  /** A sign of life: the session starts over. While an answer is owed to the member, its session stands still. */
  touch(): void {
    this.stopSession();
    if (this.#answerJoin !== undefined || this.#answerSync !== undefined) return;
    this.#session = setTimeout(this.onExpired, this.membership.sessionTimeoutMs).unref();
  }

  stopSession(): void {
    clearTimeout(this.#session);
    this.#session = undefined;
  }

  supports(protocol: string): boolean {
    return this.membership.protocols.some(({ name }) => name === protocol);
  }

  metadataFor(protocol: string): Buffer {
    return this.membership.protocols.find(({ name }) => name === protocol)?.metadata ?? Buffer.alloc(0);
  }

  wantsTheSameAs({ protocols }: Membership): boolean {
    const own = this.membership.protocols;
    return (
      own.length === protocols.length &&
      own.every(({ name, metadata }, index) => {
        const other = protocols[index];
        return other !== undefined && other.name === name && other.metadata.equals(metadata);
      })
    );
  }
}
