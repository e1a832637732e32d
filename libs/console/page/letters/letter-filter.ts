/** What letters are told apart by, as the address and the services name it. */
export const FIELDS = ['fingerprint', 'type', 'handler', 'key', 'error', 'topic'] as const;

export type LetterFilter = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;
