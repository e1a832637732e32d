import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ServiceName } from '@waybill/contracts';

/** The parts of an AsyncAPI document that a reader needs who follows it alone. */
export interface AsyncApi {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Readonly<Record<string, Ref>> }>
  >;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: { readonly messages: Readonly<Record<string, AsyncApiMessage>>; readonly schemas: object };
}

export interface Ref {
  readonly $ref: string;
}

export interface AsyncApiOperation {
  readonly action: 'send' | 'receive';
  readonly channel: Ref;
  readonly messages: readonly Ref[];
  readonly reply?: { readonly channel: Ref; readonly messages: readonly Ref[] };
  readonly tags: readonly { readonly name: string }[];
  readonly 'x-kcat'?: string;
}

export interface AsyncApiMessage {
  readonly name: string;
  readonly headers: object;
  readonly payload: object;
  readonly correlationId: { readonly location: string };
  readonly 'x-key': string;
  readonly examples: readonly { readonly headers: Readonly<Record<string, string>>; readonly payload: unknown }[];
}

/** A description of HTTP, as far as it is compared with what is answered. */
export interface OpenApi {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, OpenApiResponse>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly requestBody?: OpenApiResponse;
  readonly responses: Readonly<Record<string, OpenApiResponse | Ref>>;
}

export interface OpenApiResponse {
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface MediaType {
  readonly schema: { readonly properties?: { readonly code?: { readonly enum: readonly string[] } } };
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, Ref>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(join('docs', 'api', file), 'utf8'));

/** The whole system's, under the names that topics have without a prefix. */
export const readAsyncApi = (): AsyncApi => read('asyncapi.json') as AsyncApi; // held to the specification by api-documents.spec
export const readOpenApi = (service: ServiceName): OpenApi => read(`${service}.openapi.json`) as OpenApi; // likewise

export const isRef = (value: object): value is Ref => '$ref' in value;

/** The name at the end of a reference. */
export const referredName = ({ $ref }: Ref): string => $ref.slice($ref.lastIndexOf('/') + 1);
