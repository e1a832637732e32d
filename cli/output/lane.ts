/** `topic/partition`; a negative partition is the topic as a whole. */
export function laneOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return partition < 0 ? topic : `${topic}/${partition}`;
}
