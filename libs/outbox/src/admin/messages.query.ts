import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsString, IsUUID, Length, Matches, Max, Min, ValidateIf } from 'class-validator';

const MayBeMissing = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

export class MessagesQuery {
  @ApiPropertyOptional({
    type: [String],
    example: ['0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f'],
    description: 'Ids of messages; at most 200, with commas between them',
  })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @MayBeMissing()
  @IsArray()
  @ArrayMaxSize(200)
  @IsUUID('all', { each: true })
  ids?: string[];

  @ApiPropertyOptional({
    description: 'What waits of this key, too',
    example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
  })
  @MayBeMissing()
  @IsString()
  @Length(1, 1_000)
  key?: string;
}

export class WaitingQuery {
  @ApiProperty({ example: 'payment.commands' })
  @IsString()
  @Length(1, 1_000)
  topic: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @MayBeMissing()
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before', example: '42' })
  @MayBeMissing()
  @Matches(/^\d{1,18}$/)
  cursor?: string;
}
