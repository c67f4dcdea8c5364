/** A value that changes many times a second, for those who draw by themselves. */
export interface Signal<T> {
  get: () => T;
  set: (value: T) => void;
  /** Hears of each change; returns what ends that. */
  subscribe: (listener: (value: T) => void) => () => void;
}

/** Nothing of React hears of it, so that a cursor may follow a pointer without a new rendering. */
export function createSignal<T>(initial: T): Signal<T> {
  let value = initial;
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener(next);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
