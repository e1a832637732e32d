/** How many requests of each kind each client has sent, since the broker started. */
export class RequestCounts {
  readonly #counts = new Map<string, Map<string, number>>();

  /** For the broker. */
  count(clientId: string, api: string): void {
    let ofClient = this.#counts.get(clientId);
    if (ofClient === undefined) this.#counts.set(clientId, (ofClient = new Map<string, number>()));
    ofClient.set(api, (ofClient.get(api) ?? 0) + 1);
  }

  /** By client id and the protocol's name of the request, such as `Produce`. A copy. */
  byClient(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return new Map([...this.#counts].map(([clientId, counts]) => [clientId, new Map(counts)]));
  }
}
