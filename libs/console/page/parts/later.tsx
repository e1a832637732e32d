import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Refusal } from '../api.js';
import { Failed } from './notice.js';

const NOT_LOADED = new Refusal(
  0,
  'PART_NOT_LOADED',
  'Does the order service answer? It may also have another version of the page by now.',
);

/** A part of the page that is loaded when it is first shown. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [hasFailed, setFailed] = useState(false);
    const [, setLoaded] = useState(loaded !== undefined);
    useEffect(() => {
      if (loaded !== undefined) return;
      void load().then(
        (component) => {
          loaded = component;
          return setLoaded(true);
        },
        () => setFailed(true),
      );
    }, []);
    const Component = loaded;
    if (Component !== undefined) return <Component {...props} />;
    if (!hasFailed) return null;
    return <Failed what="This can't be shown." refusal={NOT_LOADED} again={() => location.reload()} />;
  };
}
