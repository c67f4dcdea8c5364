/** Short notes at the foot of the page, each with at most one thing to do about it. */
import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 6000;
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

/** Shows a note for some seconds; returns what takes it away before. */
export function tell(text: string, action?: Toast["action"], shownMs = SHOWN_MS): () => void {
  const toast: Toast = { id: (lastId += 1), text, ...(action && { action }) };
  const remove = () => {
    clearTimeout(timer);
    change(toasts.filter(({ id }) => id !== toast.id));
  };
  const timer = setTimeout(remove, shownMs);
  change([...toasts, toast]);
  return remove;
}

export function remove(toast: Toast): void {
  change(toasts.filter(({ id }) => id !== toast.id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}
