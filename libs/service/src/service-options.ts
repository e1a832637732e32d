import type { DynamicModule } from '@nestjs/common';
import type { DataSourceSettings, MigrationClass } from '@waybill/database';
import type { TranslateError } from '@waybill/http';
import type { MessageContract, TopicSpec } from '@waybill/messaging';

import type { Environment, ServiceConfig } from './service-config.js';

/** What one service is, as against the others. */
export interface ServiceOptions {
  /** Also its consumer group, its client id at the broker, and with a slash before it the source of its messages. */
  readonly name: string;
  /** One line for its API description. */
  readonly description: string;
  /** Every topic that it reads or writes; that of its dead letters is added. */
  readonly topics: readonly TopicSpec[];
  /** Messages that must have a handler; the boot is refused if one hasn't. */
  readonly handles: readonly MessageContract[];
  /** Messages that it sends, for the description of its messages; that of its dead letters is added. @default none */
  readonly sends?: readonly MessageContract[];
  readonly entities: NonNullable<DataSourceSettings['entities']>;
  /** Of its own tables, and of libs that not every service uses. Those that every service uses are added. */
  readonly migrations: readonly MigrationClass[];
  /**
   * Whether later messages of a key wait behind a dead letter until an operator has dealt with it. `false` only where
   * handlers cope with their messages in any order. @default true
   */
  readonly deadLettersHoldKeys?: boolean;
  /** Paths that only operators may call, beside `/admin` and `/metrics`. @default none */
  readonly operatorsPaths?: readonly string[];
  /** Names the problem behind errors of its own. @default none */
  readonly translateError?: TranslateError;
}

/** An app: its module's class. `forRoot` imports `ServiceModule.forRoot(service, config)`. */
export interface ServiceApp<Config extends ServiceConfig = ServiceConfig> {
  readonly service: ServiceOptions;
  /** @throws ConfigError naming everything that is missing or wrong. */
  readConfig(env: Environment): Config;
  forRoot(config: Config): DynamicModule;
}
