/** Whether the consumer is fit to work; `detail` says why not, or what is degraded. */
export interface EngineHealth {
  readonly healthy: boolean;
  readonly detail: string;
}

/** Fit to work, and what an operator should know all the same. */
export function degraded(health: EngineHealth, details: readonly string[]): EngineHealth {
  return health.healthy && details.length > 0 ? { healthy: true, detail: details.join('; ') } : health;
}
