import { defineCommand, defineEvent } from '@waybill/contracts';
import Type from 'typebox';

/** Who sends the messages of the lessons. */
export const SOURCE = '/lab';

const text = Type.String({ minLength: 1, maxLength: 64 });
export const LESSON_FIELDS = { run: text, token: text };
const schema = Type.Object(LESSON_FIELDS);

/** A fact about one order of a lesson. */
export function lessonEvent(topic: string, name: string) {
  return defineEvent({ topic, source: SOURCE, name: `lab.${name}`, version: 1, schema });
}

/** A request about one order of a lesson. */
export function lessonCommand(topic: string, name: string) {
  return defineCommand({ topic, name: `lab.${name}`, version: 1, schema });
}
