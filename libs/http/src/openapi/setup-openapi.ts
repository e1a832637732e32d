import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';

import { allowOwnScripts } from '../request/security-headers.js';
import { describeApi } from './describe-api.js';
import type { OpenApiOptions } from './describe-api.js';

/** Serves the API's description for people at `/docs` and for programs at `/docs-json`. Call before `listen`. */
export function setupOpenApi(app: NestExpressApplication, options: OpenApiOptions): void {
  app.use('/docs', allowOwnScripts);
  SwaggerModule.setup('docs', app, () => describeApi(app, options), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: `${options.title}: HTTP`,
    swaggerOptions: { deepLinking: true, validatorUrl: null }, // nothing is asked of other machines
  });
}
