import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { LettersByReason } from '@waybill/dlq';
import { REPLY_TO_UNKNOWN_SAGA } from '@waybill/saga';

/** An order that participants answer about, and that isn't known here. Times are ISO 8601. */
export interface Orphan {
  readonly orderId: string;
  readonly letters: number;
  readonly answers: readonly string[];
  readonly since: string;
  /** Where the next page continues: hexadecimal. */
  readonly place: string;
}

export class ListOrphans extends Query<readonly Orphan[]> {
  constructor(
    readonly limit: number,
    /** Continues after this place. */
    readonly after?: string,
  ) {
    super();
  }
}

@QueryHandler(ListOrphans)
export class ListOrphansHandler implements IQueryHandler<ListOrphans> {
  constructor(private readonly letters: LettersByReason) {}

  async execute({ limit, after }: ListOrphans): Promise<readonly Orphan[]> {
    const keys = await this.letters.keys(REPLY_TO_UNKNOWN_SAGA, limit, after);
    return keys.map(({ key: orderId, letters, types: answers, firstAt: since, place }) => ({
      orderId,
      letters,
      answers,
      since,
      place,
    }));
  }
}
