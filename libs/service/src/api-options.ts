import type { OpenApiOptions } from '@waybill/http';

import type { ServiceConfig } from './service-config.js';
import type { ServiceOptions } from './service-options.js';

/** What the description of a service's HTTP says beside what its controllers do. */
export function apiOptions(service: ServiceOptions, { serviceVersion }: ServiceConfig): OpenApiOptions {
  const { name, description, operatorsPaths = [] } = service;
  return {
    title: `Waybill ${name} service`,
    version: serviceVersion,
    description: `${description}. What it sends and receives: [/asyncapi](/asyncapi).`,
    operatorsPaths,
    operatorsProblems: {
      503: {
        OPERATORS_BUSY: 'Other queries of operators have all the connections that are theirs',
        QUERY_TOO_SLOW: 'The query took longer than operators may take',
      },
    },
  };
}
