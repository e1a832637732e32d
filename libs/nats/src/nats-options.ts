/** TLS to the servers, whose certificates must be valid for their host names. */
export interface NatsTls {
  /** Certificates of the authorities that may sign the servers' ones, in PEM. @default those that Node trusts */
  readonly ca?: string | undefined;
  /** The client's own certificate, in PEM, where the servers ask for one; `key` belongs to it. @default none */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Who this client is: one of the ways that NATS has. A user or a token may stand in the URL instead. */
export type NatsCredentials =
  | { readonly user: string; readonly password: string }
  | { readonly token: string }
  /** What a `.creds` file of `nsc` holds: a JWT and the seed of its key. */
  | { readonly creds: string }
  /** The seed of a user's key, `SU…`. */
  | { readonly nkey: string };

export interface NatsOptions {
  /** `nats://host:4222`, `tls://host:4222`, also with `user:password@` or `token@`; of a cluster one is enough, several are better. */
  readonly servers: readonly string[];
  /** Names the connection in the servers' monitoring. */
  readonly clientName: string;
  /** @default none, or what stands in the URL */
  readonly credentials?: NatsCredentials | undefined;
  /** `{}` trusts the authorities that Node trusts. @default none; with `tls://` as `{}` */
  readonly tls?: NatsTls | undefined;
  /** Put before every topic and group name: keeps deployments that share servers, or an account, apart. @default none */
  readonly topicPrefix?: string;
  /**
   * What the subjects begin with on which answers, and records, come to this client. In a shared account a user that may listen on
   * `_INBOX.>` hears those of all; give each its own, and the permission for no other. @default _INBOX
   */
  readonly inboxPrefix?: string;
  /** How long to try to reach the servers, in milliseconds; then a start continues without them. @default 5000 */
  readonly startTimeoutMs?: number;
  /** Without a sign of life for so long a member of a group loses its lanes, in milliseconds. @default 10000 */
  readonly sessionTimeoutMs?: number;
  /** How often a member looks for lanes that were added, in milliseconds. @default 30000 */
  readonly metadataMaxAgeMs?: number;
  /** Servers that keep a copy of each stream and bucket that is created: 3 in a cluster, or an outage of one stops them. @default 1 */
  readonly replicas?: number;
  /** How long the servers drop what is published a second time, byte by byte, in milliseconds. @default 120000 */
  readonly duplicateWindowMs?: number;
}
