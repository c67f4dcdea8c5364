import { tell } from "../ui/toasts.ts";

/** Hands an address to the device where it can share, and to the clipboard elsewhere. */
export async function share(
  address: string,
  words: { copied: string; copy: string },
): Promise<void> {
  const isTouch = globalThis.matchMedia("(pointer: coarse)").matches;
  try {
    if (isTouch && "share" in navigator) await navigator.share({ url: address });
    else {
      await navigator.clipboard.writeText(address);
      tell(words.copied);
    }
  } catch (error) {
    // Who thought better of it needs no word; who may not use the clipboard copies by hand.
    if (!(error instanceof DOMException && error.name === "AbortError")) {
      tell(`${words.copy} ${address}`, undefined, 20_000);
    }
  }
}
