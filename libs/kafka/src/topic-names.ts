/** Names as the application knows them, and as they are on the wire: with the deployment's prefix. */
export class TopicNames {
  constructor(private readonly prefix: string = '') {}

  toWire(name: string): string {
    return this.prefix + name;
  }

  fromWire(name: string): string {
    return name.startsWith(this.prefix) ? name.slice(this.prefix.length) : name;
  }
}
