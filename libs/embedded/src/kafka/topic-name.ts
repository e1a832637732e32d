const MAX_LENGTH = 249;

/** Kafka's rule, which also makes a topic's name safe as the name of a directory. */
export const isValidTopicName = (name: string): boolean =>
  name.length <= MAX_LENGTH && /^[a-zA-Z0-9._-]+$/.test(name) && name !== '.' && name !== '..';
