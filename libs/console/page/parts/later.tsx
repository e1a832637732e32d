import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A screen that is loaded when it is first shown. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [, setLoaded] = useState(loaded !== undefined);
    useEffect(() => {
      if (loaded !== undefined) return;
      void load().then((component) => {
        loaded = component;
        return setLoaded(true);
      });
    }, []);
    const Component = loaded;
    return Component === undefined ? null : <Component {...props} />;
  };
}
