import { askLab } from '../api.js';
import { Failed } from '../parts/notice.js';
import { ask, query } from '../router.js';
import { useResource } from '../use-resource.js';
import { LessonCard } from './lesson-card.js';
import type { Lesson } from './lesson.js';

/** Six failures, each for a minute: what a service loses that is written as one writes it at first, and what Waybill does about it. */
export function Learn() {
  const known = useResource('lessons', (signal) => askLab<{ items: readonly Lesson[] }>('/lessons', { signal }));
  const naive = query.value.get('naive') !== 'off';
  return (
    <section class="learn">
      <div class="title">
        <h1>Learn</h1>
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={naive}
            onChange={() => ask({ naive: naive ? 'off' : undefined }, 'replace')}
          />
          run the naive version, too
        </label>
      </div>
      <p class="hint intro">
        The same orders and the same fault, twice: once for a service as one writes it at first, once for one with
        Waybill's libraries. Both are real, with a database and topics of their own in the lab; the shop isn't touched.
      </p>
      {known.refusal && <Failed what="The lab can't be asked." refusal={known.refusal} again={known.refresh} />}
      <div class="lessons">
        {known.value?.items.map((lesson) => (
          <LessonCard key={lesson.name} lesson={lesson} naive={naive} />
        ))}
      </div>
    </section>
  );
}
