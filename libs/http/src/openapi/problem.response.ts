import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** @internal How OpenAPI shows one fault. */
export class FieldFaultResponse {
  @ApiProperty({ description: 'JSON pointer (RFC 6901)', example: '/items/0/quantity' })
  pointer: string;

  @ApiProperty({ example: 'OUT_OF_RANGE' })
  code: string;

  @ApiProperty({ example: 'must be from 1 to 10000' })
  message: string;
}

/** How OpenAPI shows problem details. */
export class ProblemResponse {
  @ApiProperty({ example: 'about:blank' })
  type: string;

  @ApiProperty({ example: 'Bad Request' })
  title: string;

  @ApiProperty({ example: 400 })
  status: number;

  @ApiProperty({ example: 'VALIDATION_FAILED' })
  code: string;

  @ApiProperty({ example: 'The request has invalid fields; see errors.' })
  detail: string;

  @ApiPropertyOptional({ type: [FieldFaultResponse] })
  errors?: FieldFaultResponse[];
}
