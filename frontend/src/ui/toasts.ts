/** Short notes at the foot of the page, each with at most one thing to do about it. */
import { useSyncExternalStore } from "react";
import { createSignal } from "./signal.ts";

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 6000;
const toasts = createSignal<readonly Toast[]>([]);
let lastId = 0;

/** Shows a note for some seconds; returns what takes it away before. */
export function tell(text: string, action?: Toast["action"], shownMs = SHOWN_MS): () => void {
  const toast: Toast = { id: (lastId += 1), text, ...(action && { action }) };
  const takeAway = () => {
    clearTimeout(timer);
    remove(toast);
  };
  const timer = setTimeout(takeAway, shownMs);
  toasts.set([...toasts.get(), toast]);
  return takeAway;
}

export function remove(toast: Toast): void {
  toasts.set(toasts.get().filter(({ id }) => id !== toast.id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(toasts.subscribe, toasts.get);
}
