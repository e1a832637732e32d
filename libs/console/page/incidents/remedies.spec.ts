import { readFileSync } from 'node:fs';

import { defaultRules, monitorSettings, readConfig, UNWATCHED } from '@waybill/observability';

import { labelsOf, REMEDIES } from './remedies.js';

const rules = [...defaultRules(readConfig({}, monitorSettings)).map(({ name }) => name), UNWATCHED.rule];

describe('the rules that raise alerts', () => {
  it('each have their remedy on the page, and no others have', () => {
    expect(Object.keys(REMEDIES).toSorted()).toEqual(rules.toSorted());
  });

  it('each have their row in docs/metrics.md, and no others have', () => {
    const [, table = ''] = readFileSync('docs/metrics.md', 'utf8').split('## Alert rules');
    const rows = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name = '']) => name);
    expect(rows.toSorted()).toEqual(rules.toSorted());
  });

  it('lead to sections that docs/operations.md has', () => {
    const headings = new Set(
      [...readFileSync('docs/operations.md', 'utf8').matchAll(/^## (.+)$/gm)].map(([, name]) => name),
    );
    const sections = Object.values(REMEDIES).flatMap(({ section }) => (section === undefined ? [] : [section]));
    expect(sections.filter((section) => !headings.has(section))).toEqual([]);
  });
});

it('tells the labels of a subject apart', () => {
  expect(labelsOf('group=payment topic=a.b key=x=1')).toEqual({ group: 'payment', topic: 'a.b', key: 'x=1' });
  expect(labelsOf('')).toEqual({});
});
