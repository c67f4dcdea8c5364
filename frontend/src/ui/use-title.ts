import { useEffect } from "react";

/** What the tab of the browser says while a page is shown. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · ContraVento` : "ContraVento";
  }, [title]);
}
