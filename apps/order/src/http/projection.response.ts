import { ApiProperty } from '@nestjs/swagger';
import type { ProjectionState } from '@waybill/event-store';

class FailingResponse {
  @ApiProperty({ type: 'integer', description: 'In a row', example: 12 })
  failures: number;

  @ApiProperty({ example: 'error: PostgreSQL error 23502 (table customer_order, column status)' })
  reason: string;

  @ApiProperty({ format: 'date-time' })
  at: string;
}

class RebuildResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: ['RUNNING', 'DONE', 'FAILED', 'CANCELLED'] })
  status: string;

  @ApiProperty({ type: 'integer', description: 'Version of the code that does it' })
  version: number;

  @ApiProperty({ example: 'ada' })
  requestedBy: string;

  @ApiProperty({ example: 'wrong totals, INC-7' })
  reason: string;

  @ApiProperty({ format: 'date-time' })
  requestedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'How far the new tables are; null once it has ended',
    example: '41200',
  })
  position: string | null;

  @ApiProperty({ description: 'Where they have to come to: the last position now', example: '300000' })
  target: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it, or its last attempt, failed' })
  failure: string | null;
}

export class ProjectionResponse {
  @ApiProperty({ example: 'customer-orders' })
  name: string;

  @ApiProperty({ enum: ['async', 'inline'], description: 'inline: written together with the events' })
  lifecycle: string;

  @ApiProperty({ type: [String], example: ['customer_order'] })
  tables: readonly string[];

  @ApiProperty({ type: 'integer', description: 'Of the code' })
  version: number;

  @ApiProperty({ type: 'integer', description: 'Of the code that built the tables; below version: rebuild it' })
  builtVersion: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: never rebuilt' })
  builtAt: string | null;

  @ApiProperty({ type: 'integer', description: 'Events that it lacks, counted up to 10,000' })
  lagEvents: number;

  @ApiProperty({ description: 'Age of the oldest of them', example: 0 })
  lagSeconds: number;

  @ApiProperty({ type: FailingResponse, nullable: true, description: 'Why it stands still' })
  failing: FailingResponse | null;

  @ApiProperty({ type: RebuildResponse, nullable: true, description: 'The last one' })
  rebuild: RebuildResponse | null;
}

export class RebuildBegunResponse {
  @ApiProperty({ example: 'customer-orders' })
  name: string;

  @ApiProperty({ description: 'false: one was under way already' })
  begun: boolean;
}

export class RebuildCancelledResponse {
  @ApiProperty({ example: 'customer-orders' })
  name: string;
}

export function projectionResponse({ builtAt, failing, rebuild, ...state }: ProjectionState): ProjectionResponse {
  return {
    ...state,
    builtAt: builtAt?.toISOString() ?? null,
    failing: failing ? { ...failing, at: failing.at.toISOString() } : null,
    rebuild: rebuild
      ? {
          ...rebuild,
          requestedAt: rebuild.requestedAt.toISOString(),
          endedAt: rebuild.endedAt?.toISOString() ?? null,
          position: rebuild.position ?? null,
          failure: rebuild.failure ?? null,
        }
      : null,
  };
}
