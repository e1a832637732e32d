import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import type { AsyncApiDocument } from './asyncapi-document.js';
import { messagesPage } from './messages-page.js';
import { MESSAGES_STYLE } from './messages-style.js';

export const ASYNCAPI_DOCUMENT = Symbol('service:asyncapi-document');

/** The service's messages, for programs and for people. The page has no script, and needs nothing from elsewhere. */
@ApiExcludeController()
@Controller()
export class AsyncApiController {
  constructor(@Inject(ASYNCAPI_DOCUMENT) private readonly document: AsyncApiDocument) {}

  @Get('asyncapi.json')
  json(): AsyncApiDocument {
    return this.document;
  }

  @Get('asyncapi')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
  page(): string {
    return messagesPage(this.document);
  }

  @Get('asyncapi.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): string {
    return MESSAGES_STYLE;
  }
}
