export type { InboxEntry, LetterSummary, OutboxMessage, ParkedKey, TimelineEntry } from './bodies.js';
export { questionsAbout } from './questions.js';
export type { Questions } from './questions.js';
export { OPEN, storyOf } from './story.js';
export type { LetterRow, MessageRow, ParkedRow, PointRow, Row, Segment, Stage, StoryParts } from './story.js';
