import { remove, useToasts } from "./toasts.ts";
import styles from "./Toasts.module.css";

export function Toasts() {
  const toasts = useToasts();
  return (
    <div className={styles["toasts"]} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={styles["toast"]}>
          <span>{toast.text}</span>
          {toast.action && (
            <button
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
