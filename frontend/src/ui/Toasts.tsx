import { remove, useToasts } from "./toasts.ts";
import styles from "./Toasts.module.css";

/** There are seconds for it: nobody has to look for it with the keys. */
function takeFocus(button: HTMLButtonElement | null): void {
  // A menu that it was begun from keeps the focus until it is gone.
  requestAnimationFrame(() => button?.focus({ preventScroll: true }));
}

export function Toasts() {
  const toasts = useToasts();
  return (
    <div className={styles["toasts"]} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={styles["toast"]}>
          <span>{toast.text}</span>
          {toast.action && (
            <button
              ref={takeFocus}
              type="button"
              onClick={() => {
                remove(toast);
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
