/** Whether the consumer is fit to work; `detail` says why not, or what is degraded. */
export interface EngineHealth {
  readonly healthy: boolean;
  readonly detail: string;
}

/** Of an engine that is consuming, or tries to. */
export function healthOf(engine: {
  readonly interruptions: number;
  readonly broker: EngineHealth;
  readonly details: readonly string[];
}): EngineHealth {
  if (engine.interruptions > 3) return { healthy: false, detail: 'the database is failing; the batch is run again' };
  return degraded(engine.broker, engine.details);
}

/** Fit to work, and what an operator should know all the same. */
function degraded(health: EngineHealth, details: readonly string[]): EngineHealth {
  return health.healthy && details.length > 0 ? { healthy: true, detail: details.join('; ') } : health;
}
