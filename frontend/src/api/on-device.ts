/** What is kept on this device, the same for all tabs. */
export interface OnDevice<T> {
  get: () => T;
  /** Null forgets it. */
  set: (value: unknown) => void;
  /** Hears of every change, of other tabs too; returns what ends that. */
  subscribe: (listener: () => void) => () => void;
}

/** `parse` makes the value of what was kept as JSON, or of nothing; the same text, the same value. */
export function onDevice<T>(key: string, parse: (text: string | null) => T): OnDevice<T> {
  const listeners = new Set<() => void>();
  let read: { text: string | null; value: T } | undefined;
  return {
    get() {
      const text = localStorage.getItem(key);
      if (read?.text !== text) read = { text, value: parse(text) };
      return read.value;
    },
    set(value) {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      const hear = (event: StorageEvent) => {
        if (event.key === key || event.key === null) listener();
      };
      listeners.add(listener);
      globalThis.addEventListener("storage", hear);
      return () => {
        listeners.delete(listener);
        globalThis.removeEventListener("storage", hear);
      };
    },
  };
}
