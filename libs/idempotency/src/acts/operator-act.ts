/** What an operator can do to a service; before the dot what it is done to. */
export const OPERATOR_ACTS = [
  'catalogue.publish',
  'dead-letters.discard',
  'dead-letters.edit',
  'dead-letters.replay',
  'dead-letters.reveal',
  'erasures.erase',
  'lanes.settle',
  'orders.recover',
  'outbox.discard',
  'outbox.retry',
  'outbox.reveal',
  'projections.cancel',
  'projections.rebuild',
  'sagas.cancel',
  'sagas.force',
  'sagas.retry',
  'sagas.skip',
  'stock.restock',
] as const;
export type ActName = (typeof OPERATOR_ACTS)[number];

/** Names, counts and ids; never what a message says. */
export type ActDetail = Readonly<Record<string, string | number | boolean>>;

export interface NewAct {
  readonly act: ActName;
  /** Missing only where nobody had to say. */
  readonly who?: string | undefined;
  readonly why?: string | undefined;
  /** What it was done to, where that is one thing: a letter, a run, a message, an order, a SKU, by its id or name. */
  readonly subject?: string | undefined;
  /** Of the order that it is about, where it is about one. */
  readonly key?: string | undefined;
  readonly detail?: ActDetail;
}

/** Times are ISO 8601. */
export interface OperatorAct {
  readonly id: string;
  readonly at: string;
  readonly act: string;
  readonly who: string | null;
  readonly why: string | null;
  readonly subject: string | null;
  readonly key: string | null;
  readonly detail: ActDetail;
}
