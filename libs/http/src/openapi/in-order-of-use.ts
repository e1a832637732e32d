import type { OpenAPIObject } from '@nestjs/swagger';

import type { Operation } from './describe-problems.js';

type PathItem = OpenAPIObject['paths'][string];

/** What people come for last. */
const LAST = [/^health$/, /^metrics$/, /^admin/];

/**
 * The same document with what people come for first: the service's own resources as their controllers are listed, then health and
 * metrics, then the operators'. Pages show tags and paths in this order.
 */
export function inOrderOfUse(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths);
  const tags = [...new Set(paths.flatMap(([, item]) => tagsOf(item)))];
  tags.sort((one, other) => rank(one) - rank(other));
  paths.sort(([, one], [, other]) => tags.indexOf(tagsOf(one)[0] ?? '') - tags.indexOf(tagsOf(other)[0] ?? ''));
  return { ...document, tags: tags.map((name) => ({ name })), paths: Object.fromEntries(paths) };
}

function rank(tag: string): number {
  return LAST.findIndex((last) => last.test(tag)); // -1: its own
}

function tagsOf(item: PathItem): readonly string[] {
  const operations = Object.values(item as Record<string, Operation>); // of all methods; services have no other members here
  return operations.flatMap(({ tags = [] }) => tags);
}
