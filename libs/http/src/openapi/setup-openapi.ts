import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, getSchemaPath, SwaggerModule } from '@nestjs/swagger';

import { allowOwnScripts } from '../request/security-headers.js';
import { ProblemResponse } from './problem.response.js';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

/** Serves the API's description for people at `/docs` and for programs at `/docs-json`. Call before `listen`. */
export function setupOpenApi(app: NestExpressApplication, options: OpenApiOptions): void {
  const config = new DocumentBuilder()
    .setTitle(options.title)
    .setVersion(options.version)
    .setDescription(options.description ?? '')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'opaque',
      description: "Of what is the operators': ADMIN_TOKEN, where that is set",
    })
    .addGlobalResponse({
      status: '4XX',
      description: 'Problem details (RFC 9457) with a stable code',
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemResponse) } } },
    })
    .build();
  const document = () => SwaggerModule.createDocument(app, config, { extraModels: [ProblemResponse] });
  app.use('/docs', allowOwnScripts);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'docs-json' });
}
