/** `topic/partition`, or the topic as a whole. */
export function laneOf(lane: { readonly topic: string; readonly partition: number }): string {
  return isWholeTopic(lane) ? lane.topic : `${lane.topic}/${lane.partition}`;
}

/** Whether an issue is of a topic as a whole: it has no range of records. */
export function isWholeTopic({ partition }: { readonly partition: number }): boolean {
  return partition < 0;
}
