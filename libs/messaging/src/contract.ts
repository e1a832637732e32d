/** A command is a request to one receiver; an event is a fact that anyone may read. */
export type MessageKind = 'command' | 'event';

/**
 * What a message of one type looks like on the wire, and which older versions can still be read.
 * Contracts are data: `@waybill/contracts` declares them, publishers and consumers share them.
 */
export interface MessageContract<Data = unknown> {
  readonly kind: MessageKind;
  /** The topic that carries it. */
  readonly topic: string;
  /** Without the version: `payment.charged`. */
  readonly name: string;
  /** Whole number from 1; a new one only for a breaking change. */
  readonly version: number;
  /** `ce_type`: `payment.charged.v1`. */
  readonly type: string;
  /** Old versions that this code still reads: version → the step that lifts its data to the next version. */
  readonly upcasters: ReadonlyMap<number, (data: unknown) => unknown>;
  /** JSON pointers of fields that hold personal data; masked wherever a payload is shown. */
  readonly personal: readonly string[];
  /**
   * Names, without version, of the commands of the same topic and key that this one undoes. Its arrival supersedes those
   * that are held back, so it never waits behind them; its receiver copes with it before or without what it undoes.
   */
  readonly undoes?: readonly string[];
  /** The only service that sends it, as `ce_source` names it; records of any other are refused. @default anyone may */
  readonly source?: string;
  /** JSON pointer of the field that is its key; a record whose key or subject is another is refused. @default any key fits */
  readonly key?: string;
  /** JSON Schema of the data, for the API's description. @default it isn't described */
  readonly schema?: object;
  /** What it says or asks for, for the API's description. */
  readonly description?: string;
  /** Data that fits, for the API's description. */
  readonly example?: unknown;
  /** Names, without version, of the events one of which answers this command; they name its id as their `causationId`. */
  readonly answeredBy?: readonly string[];
  /**
   * Checks data of exactly this version. Fields it doesn't know are ignored: a newer sender may add some.
   * @throws InvalidMessageData naming every fault.
   */
  parse(data: unknown): Data;
}

/** The data type of a contract. */
export type DataOf<Contract> = Contract extends MessageContract<infer Data> ? Data : never;

/** A topic and how it is created: partitions come from the deployment's setting. */
export interface TopicSpec {
  readonly name: string;
  readonly kind: MessageKind;
  /** Milliseconds that the broker keeps records; `-1` keeps them for ever. @default the broker's own */
  readonly retentionMs?: number;
}
