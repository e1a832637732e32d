import { DeadLetterStore } from './dead-letter-store.js';
import { FakeSink } from './testing/fakes.js';

class PickySink extends FakeSink {
  faultsFor({ type, topic }: { readonly type: string; readonly topic: string }): readonly string[] {
    return [`no ${type} on ${topic}`];
  }
}

describe('the dead letter store', () => {
  it('has nothing against the group that it was set up for', () => {
    expect(new DeadLetterStore({ group: 'shop' }, new FakeSink()).faultsFor('shop')).toEqual([]);
  });

  it('F14: refuses the boot of another group, whose failures would never be run again, and of a sink that takes no dead letter', () => {
    expect(new DeadLetterStore({ group: 'shop-service' }, new PickySink()).faultsFor('shop')).toEqual([
      expect.stringContaining(`DeadLetterModule's group "shop-service" isn't MessagingModule's, "shop"`),
      "Dead letters could not be announced: no dead-letter.recorded.v1 on shop.dlq; add deadLetterTopic('shop')",
    ]);
  });
});
