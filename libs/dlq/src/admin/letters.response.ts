import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const TEXT_OR_NULL = { type: String, nullable: true } as const;
const TIME = { type: String, format: 'date-time' } as const;
const COUNT = { type: 'integer' } as const;
/** OpenAPI would take `unknown` for an object. */
export const ANY_JSON = {
  anyOf: ['object', 'array', 'string', 'number', 'boolean', 'null'].map((type) => ({ type })),
};
const SUBSCRIBER = { ...TEXT_OR_NULL, description: "The handler's name among several of an event" } as const;

export class LetterSummaryResponse {
  @ApiProperty({ example: '42' }) id: string;
  @ApiProperty({ enum: ['dead', 'retrying', 'parked', 'handled', 'discarded', 'superseded'] }) state: string;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'payment.process.v1' }) type: string | null;
  @ApiProperty({ ...TEXT_OR_NULL, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) key: string | null;
  @ApiPropertyOptional({ description: 'Where the key is not UTF-8', example: '/wD+' }) keyBase64?: string;
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty(COUNT) partition: number;
  @ApiProperty({ description: 'Position in the lane', example: '41' }) position: string;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentCommandsController.process' }) handler: string | null;
  @ApiProperty(SUBSCRIBER) subscriber: string | null;
  @ApiProperty(COUNT) attempts: number;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'RETRIES_EXHAUSTED' }) reason: string | null;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentGatewayError at PaymentGateway.charge' }) fingerprint: string | null;
  @ApiProperty({
    ...TEXT_OR_NULL,
    description: 'In a list its beginning',
    example: 'PaymentGatewayError: The payment provider does not answer',
  })
  lastError: string | null;
  @ApiProperty(TIME) heldAt: string;
  @ApiProperty(TIME) updatedAt: string;
  @ApiProperty({ ...TIME, nullable: true }) nextAttemptAt: string | null;
}

export class LetterPageResponse {
  @ApiProperty({ type: [LetterSummaryResponse] }) items: LetterSummaryResponse[];
  @ApiProperty(TEXT_OR_NULL) nextCursor: string | null;
}

export class LetterResponse extends LetterSummaryResponse {
  @ApiProperty({ example: '/order' }) source: string;
  @ApiProperty({ example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) messageId: string;
  @ApiProperty({ example: 'payment' }) group: string;
  @ApiProperty({ ...TIME, description: 'Of the record' }) timestamp: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    description: 'A header that is repeated has all its values',
    example: { ce_type: 'payment.process.v1', ce_source: '/order' },
  })
  headers: Record<string, string | string[]>;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentGatewayError: The payment provider does not answer' }) firstError:
    | string
    | null;
  @ApiProperty({ example: '0.1.0' }) serviceVersion: string;
  @ApiProperty({ enum: ['masked', 'withheld', 'text', 'base64', 'none'] }) payloadKind: string;
  @ApiProperty({
    ...ANY_JSON,
    description: 'As payloadKind says: JSON, {bytes, sha256}, text, base64 or null',
    example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', reason: 'OUT_OF_STOCK' },
  })
  payload: unknown;
  @ApiProperty(COUNT) payloadBytes: number;
  @ApiProperty({ ...COUNT, description: 'Messages of its key that wait behind it' }) behind: number;
  @ApiProperty({ ...TEXT_OR_NULL, description: 'Of a superseded letter the message that undid it' })
  supersededBy: string | null;
}

export class CountResponse {
  @ApiProperty(COUNT) count: number;
}

export class LetterGroupResponse {
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentGatewayError at PaymentGateway.charge' }) fingerprint: string | null;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'payment.process.v1' }) type: string | null;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentCommandsController.process' }) handler: string | null;
  @ApiProperty({ ...COUNT, description: 'Counted up to 10,000, which then means "or more"' }) letters: number;
  @ApiProperty({ ...COUNT, description: 'Counted up to 1,000' }) keys: number;
  @ApiProperty(TIME) firstAt: string;
  @ApiProperty(TIME) lastAt: string;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentGatewayError: The payment provider does not answer' }) lastError:
    | string
    | null;
  @ApiProperty({
    type: [Number],
    description: 'How many of them died in each of the last 24 hours, the earliest first; counted up to 1,000 an hour',
  })
  trend: number[];
}

export class AuditedActionResponse {
  @ApiProperty(TIME) at: string;
  @ApiProperty({ enum: ['replay', 'discard', 'edit', 'reveal'] }) action: string;
  @ApiProperty({ example: 'ada' }) who: string;
  @ApiProperty({ example: 'the gateway is back, INC-7' }) why: string;
  @ApiProperty({ type: 'object', additionalProperties: true, example: { run: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' } })
  detail: Record<string, unknown>;
}

export class PreviewItemResponse {
  @ApiProperty({ example: '42' }) id: string;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'payment.process.v1' }) type: string | null;
  @ApiProperty({ ...TEXT_OR_NULL, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) key: string | null;
  @ApiProperty({
    ...TEXT_OR_NULL,
    description: 'That would take it today',
    example: 'PaymentCommandsController.process',
  })
  handler: string | null;
  @ApiProperty({ type: [String], example: ['order.placed.v1→order.placed.v2'] }) upcasters: string[];
  @ApiProperty() runs: boolean;
  @ApiPropertyOptional({ example: 'BEHIND_ANOTHER' }) reason?: string;
  @ApiProperty({ ...COUNT, description: 'Messages parked behind it' }) behind: number;
}

export class PreviewResponse {
  @ApiProperty(COUNT) count: number;
  @ApiProperty(COUNT) keys: number;
  @ApiProperty({ type: [PreviewItemResponse] }) items: PreviewItemResponse[];
}

class CountsResponse {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty(COUNT) replayed: number;
  @ApiProperty({
    ...COUNT,
    description: 'Asked for by id and not dead any more, or discarded or superseded while it waited',
  })
  skipped: number;
  @ApiProperty(COUNT) failed: number;
  @ApiProperty(COUNT) pending: number;
}

export class ReplayFailureResponse {
  @ApiProperty({ example: '42' }) id: string;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentGatewayError: The payment provider does not answer' }) error:
    | string
    | null;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentGatewayError at PaymentGateway.charge' }) fingerprint: string | null;
}

export class ReplayReportResponse extends CountsResponse {
  @ApiProperty({ ...COUNT, description: 'By this call; 0 = a loop over it has come to its end' }) taken: number;
  @ApiProperty({ type: [ReplayFailureResponse] }) failures: ReplayFailureResponse[];
  @ApiProperty({ ...COUNT, description: 'Still match and were not tried in this run; carried on between two counts' })
  remaining: number;
}

export class ReplayRunResponse extends CountsResponse {
  @ApiProperty({ example: 'ada' }) who: string;
  @ApiProperty({ example: 'the gateway is back, INC-7' }) why: string;
  @ApiProperty(TIME) startedAt: string;
}

export class ReplayRunSummaryResponse extends ReplayRunResponse {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'What it was asked for, with the names of the filter; null where that was not kept',
    example: { type: 'payment.process.v1' },
  })
  filter: Record<string, unknown> | null;
}

export class ReplayedLetterResponse {
  @ApiProperty({ example: '42' }) id: string;
  @ApiProperty({ enum: ['replayed', 'failed', 'skipped', 'pending'] }) outcome: string;
  @ApiProperty({ ...TIME, nullable: true, description: 'null: it is pending' }) endedAt: string | null;
  @ApiProperty({ ...TEXT_OR_NULL, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) key: string | null;
  @ApiProperty({ ...TEXT_OR_NULL, example: 'PaymentGatewayError: The payment provider does not answer' }) error:
    | string
    | null;
}

export class ReplayedLetterPageResponse {
  @ApiProperty({ type: [ReplayedLetterResponse] }) items: ReplayedLetterResponse[];
  @ApiProperty(TEXT_OR_NULL) nextCursor: string | null;
}

export class DiscardReportResponse {
  @ApiProperty(COUNT) discarded: number;
  @ApiProperty(COUNT) remaining: number;
}

export class EditReportResponse {
  @ApiProperty({ description: 'Of the letter', example: '42' }) id: string;
  @ApiProperty({ format: 'uuid', description: 'Of the new message' }) messageId: string;
}

class ParkedHeadResponse {
  @ApiProperty({ example: '42' }) id: string;
  @ApiProperty({ enum: ['dead', 'retrying', 'parked'] }) state: string;
  @ApiProperty({ ...TIME, nullable: true }) nextAttemptAt: string | null;
}

class ParkedKeyResponse {
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty({ ...TEXT_OR_NULL, example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) key: string | null;
  @ApiPropertyOptional({ example: '/wD+' }) keyBase64?: string;
  @ApiProperty(SUBSCRIBER) subscriber: string | null;
  @ApiProperty(TIME) parkedAt: string;
  @ApiProperty(COUNT) messages: number;
  @ApiProperty({ type: ParkedHeadResponse, nullable: true }) head: ParkedHeadResponse | null;
}

export class ParkedKeyPageResponse {
  @ApiProperty({ type: [ParkedKeyResponse] }) items: ParkedKeyResponse[];
  @ApiProperty(TEXT_OR_NULL) nextCursor: string | null;
}
