/** The parts of an AsyncAPI 3.0 document that {@link describeMessages} writes and the page shows. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: string;
  readonly servers: Readonly<Record<string, object>>;
  readonly channels: Readonly<Record<string, AsyncApiChannel>>;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>;
    /** The headers that all messages have. */
    readonly schemas: { readonly envelope: object };
  };
}

export interface Reference {
  readonly $ref: string;
}

export interface AsyncApiChannel {
  /** The topic, as it is called at the broker. */
  readonly address: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, Reference>>;
  readonly bindings: object;
}

/** What a service does with one message: `payment.receive.payment.process.v1`. */
export interface AsyncApiOperation {
  readonly action: 'send' | 'receive';
  readonly summary: string;
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
  /** The service. */
  readonly tags: readonly { readonly name: string }[];
  readonly bindings?: object;
  /** A shell command that sends the message to the service. */
  readonly 'x-kcat'?: string;
}

export interface AsyncApiMessage {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly contentType: string;
  readonly headers: object;
  readonly payload: object;
  readonly correlationId: { readonly location: string; readonly description: string };
  readonly examples: readonly { readonly name: string; readonly headers: object; readonly payload: unknown }[];
  readonly bindings: object;
  /** JSON pointer of the field that is the key. */
  readonly 'x-key'?: string;
  /** Types of older versions that receivers still read. */
  readonly 'x-also-read'?: readonly string[];
}
