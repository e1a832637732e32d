/** `topic/partition`; a negative partition is the topic as a whole. */
/** Of a topic as a whole: it has no range of records. */
export function isWholeTopic({ partition }: { readonly partition: number }): boolean {
  return partition < 0;
}

export function laneOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return partition < 0 ? topic : `${topic}/${partition}`;
}
