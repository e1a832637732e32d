import type {
  ConsumerListener,
  ConsumerOptions,
  KafkaAdmin,
  KafkaClient,
  KafkaConsumer,
  KafkaProducer,
} from '../kafka-client.js';
import type { KafkaOptions } from '../kafka-options.js';
import { Memberships } from './memberships.js';
import { PlatformaticAdmin } from './platformatic-admin.js';
import { PlatformaticConsumer } from './platformatic-consumer.js';
import { PlatformaticProducer } from './platformatic-producer.js';
import { skipTaggedFields } from './tagged-fields.js';

/** {@link KafkaClient} by @platformatic/kafka. */
export class PlatformaticClient implements KafkaClient {
  readonly #memberships = new Memberships();

  constructor(private readonly options: KafkaOptions) {
    skipTaggedFields();
  }

  connectAdmin(): Promise<KafkaAdmin> {
    return PlatformaticAdmin.connect(this.options);
  }

  connectProducer(): Promise<KafkaProducer> {
    return PlatformaticProducer.connect(this.options);
  }

  createConsumer(options: ConsumerOptions, listener: ConsumerListener): KafkaConsumer {
    return new PlatformaticConsumer(this.options, options, this.#memberships, listener);
  }
}
