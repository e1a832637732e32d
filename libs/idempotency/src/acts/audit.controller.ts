import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

import { AuditQuery } from './audit.query.js';
import { OPERATOR_ACTS } from './operator-act.js';
import type { ActDetail, OperatorAct } from './operator-act.js';
import { OperatorActs } from './operator-acts.js';

class OperatorActResponse implements OperatorAct {
  @ApiProperty({ example: '42' }) id: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ enum: OPERATOR_ACTS }) act: string;
  @ApiProperty({ type: String, nullable: true, description: 'null: nobody had to say', example: 'ada' })
  who: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'the gateway is back, INC-7' }) why: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What it was done to; null: more than one thing',
    example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
  })
  subject: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The order that it is about, if it is about one',
    example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
  })
  key: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Counts and names',
    example: { letters: 10 },
  })
  detail: ActDetail;
}

class AuditPageResponse {
  @ApiProperty({ type: [OperatorActResponse] }) items: OperatorActResponse[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

@ApiTags('admin: audit')
@ApiBearerAuth()
@Controller('admin/audit')
export class AuditController {
  constructor(private readonly acts: OperatorActs) {}

  @Get()
  @ApiOperation({ summary: 'What operators did to this service, the latest first: who, when and why' })
  @ApiOkResponse({ type: AuditPageResponse })
  async list(@Query() { limit, cursor, ...filter }: AuditQuery): Promise<AuditPageResponse> {
    const found = await this.acts.list(filter, limit + 1, cursor);
    const items = found.slice(0, limit);
    return { items: [...items], nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }
}
