/** A service that the console shows. */
export interface ConsoleService {
  readonly name: string;
  /** Of its HTTP API, without a path. */
  readonly url: string;
}

export interface ConsoleOptions {
  readonly services: readonly ConsoleService[];
  /** Sent to the services, and never to a browser. Empty: the services answer this machine alone, and so does the console. */
  readonly adminToken: string;
  /** Opens the console for reading. Needs an `adminToken`: without one everyone on this machine is an operator anyway. @default nobody has it */
  readonly readToken?: string;
  /** Nobody may change anything through the console. @default false */
  readonly readOnly?: boolean;
  /** Where the build has put the page. */
  readonly assets: string;
  /** The lab of `npm start`, which breaks things on purpose: where it is, and what it asks for. @default there is none */
  readonly lab?: { readonly url: string; readonly token: string } | undefined;
  /** How often a service is asked for its state while a page is open, in milliseconds. @default 1000 */
  readonly intervalMs?: number;
  /** How long a service may take to answer, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
}

export const CONSOLE_OPTIONS = Symbol('waybill:console-options');
