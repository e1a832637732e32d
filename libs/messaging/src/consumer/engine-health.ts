/** Whether the consumer is fit to work; `detail` says why not, or what is degraded. */
export interface EngineHealth {
  readonly healthy: boolean;
  readonly detail: string;
}
