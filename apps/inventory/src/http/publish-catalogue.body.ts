import { ApiProperty } from '@nestjs/swagger';
import { IsText } from '@waybill/http';

/** Who asks for it, and why; kept in the log. */
export class PublishCatalogueBody {
  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsText()
  who: string;

  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsText()
  why: string;
}
