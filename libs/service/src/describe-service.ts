import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeApi, HttpAdapter } from '@waybill/http';

import { apiOptions } from './api-options.js';
import { describeMessages } from './asyncapi/describe-messages.js';
import type { ServiceConfig } from './service-config.js';
import type { ServiceApp } from './service-options.js';

/** A server that nobody connects to: what a service is doesn't depend on where it runs. */
const NOWHERE = { DATABASE_URL: 'postgresql://localhost' };

/**
 * What the service answers over HTTP (OpenAPI) and what it sends and receives (AsyncAPI), as its default settings make it. Starts
 * nothing and connects to nothing: the same code gives the same text.
 */
export async function describeService<Config extends ServiceConfig>(app: ServiceApp<Config>): Promise<string> {
  const config = app.readConfig(NOWHERE);
  const nest = await NestFactory.create<NestExpressApplication>(app.forRoot(config), new HttpAdapter(), {
    preview: true, // controllers are known, and nothing is made
    abortOnError: false,
    logger: false,
  });
  const openapi = describeApi(nest, apiOptions(app.service, config));
  const asyncapi = describeMessages(app.service, { version: config.serviceVersion, prefix: '' });
  return `${JSON.stringify({ openapi, asyncapi }, null, 2)}\n`;
}
