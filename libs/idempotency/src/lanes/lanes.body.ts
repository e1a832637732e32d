import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';

/** Who settles an issue, and why. Both are kept. */
export class SettleBody {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'ada' })
  @Matches(/\S/)
  @IsString()
  @Length(1, 200)
  who: string;

  @ApiProperty({ minLength: 1, maxLength: 200, example: 'restored from the archive, INC-7' })
  @Matches(/\S/)
  @IsString()
  @Length(1, 200)
  why: string;
}
