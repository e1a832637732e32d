import { ApiProperty } from '@nestjs/swagger';

const COUNT = { type: 'integer' } as const;

export class TopicLagResponse {
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty({ description: 'The consumer group', example: 'payment' }) group: string;
  @ApiProperty(COUNT) partitions: number;
  @ApiProperty({ ...COUNT, description: 'Messages that are not acknowledged' }) lagMessages: number;
  @ApiProperty({ description: 'Age of the oldest of them, at least' }) lagSeconds: number;
  @ApiProperty({ type: [String], description: 'Kinds of lane issues of it that an operator has to settle' })
  issues: readonly string[];
}
