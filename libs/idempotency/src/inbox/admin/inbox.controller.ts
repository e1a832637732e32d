import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length } from 'class-validator';

import { InboxEntries } from '../inbox-entries.js';
import type { InboxEntry } from '../inbox-entries.js';

/** A query names a list with commas. */
const splitText = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);

class InboxQuery {
  @ApiProperty({
    type: [String],
    example: ['/order'],
    description: '`ce_source`; at most 10, with commas between them',
  })
  @Transform(splitText)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  sources: string[];

  @ApiProperty({
    type: [String],
    example: ['0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f'],
    description: '`ce_id`; at most 200, with commas between them',
  })
  @Transform(splitText)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  ids: string[];
}

class InboxEntryResponse {
  @ApiProperty({ example: '/order' }) source: string;
  @ApiProperty({ example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' }) messageId: string;
  @ApiProperty({ type: String, nullable: true, description: "The handler's name among several of an event" })
  subscriber: string | null;
  @ApiProperty({ enum: ['handled', 'retrying', 'parked', 'dead', 'discarded', 'superseded'] }) outcome: string;
  @ApiProperty({ format: 'date-time', description: 'When the transaction that took it began' }) receivedAt: string;
  @ApiProperty({ type: 'integer', nullable: true }) partition: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'Position in the lane', example: '41' }) position:
    | string
    | null;
}

@ApiTags('admin: inbox')
@ApiBearerAuth()
@Controller('admin/inbox')
export class InboxController {
  constructor(private readonly entries: InboxEntries) {}

  @Get()
  @ApiOperation({ summary: 'Which of these messages this service has dealt with, and what has become of them' })
  @ApiOkResponse({ type: [InboxEntryResponse] })
  find(@Query() { sources, ids }: InboxQuery): Promise<readonly InboxEntry[]> {
    return this.entries.find(sources, ids);
  }
}
