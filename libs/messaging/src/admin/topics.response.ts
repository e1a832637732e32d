import { ApiProperty } from '@nestjs/swagger';

const COUNT = { type: 'integer' } as const;

export class BrokerDeadLettersResponse {
  @ApiProperty({ description: "Name of the broker's dead-letter queue", example: 'payment_commands-net.fifo' })
  queue: string;
  @ApiProperty(COUNT) records: number;
}

export class TopicLagResponse {
  @ApiProperty({ example: 'payment.commands' }) topic: string;
  @ApiProperty({ description: 'The consumer group', example: 'payment' }) group: string;
  @ApiProperty(COUNT) partitions: number;
  @ApiProperty({ ...COUNT, description: 'Messages that are not acknowledged' }) lagMessages: number;
  @ApiProperty({ description: 'Age of the oldest of them, at least' }) lagSeconds: number;
  @ApiProperty({ type: [String], description: 'Kinds of lane issues of it that an operator has to settle' })
  issues: readonly string[];
  @ApiProperty({
    type: [BrokerDeadLettersResponse],
    description: 'Where the broker itself gives up delivering: how much it has, to whichever group',
  })
  brokerDeadLetters: readonly BrokerDeadLettersResponse[];
}

export class LaneLagResponse {
  @ApiProperty(COUNT) partition: number;
  @ApiProperty({ ...COUNT, description: 'Messages that are not acknowledged' }) lagMessages: number;
  @ApiProperty({ description: 'Age of the oldest of them, at least' }) lagSeconds: number;
  @ApiProperty({ description: 'Position of the earliest record that the broker still has', example: '0' })
  first: string;
  @ApiProperty({ type: String, nullable: true, description: 'What is acknowledged; null: nothing yet', example: '41' })
  next: string | null;
  @ApiProperty({ description: 'Position of the next record to be published', example: '42' }) end: string;
}
