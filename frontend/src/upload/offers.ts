/** Files that were picked or dropped somewhere, on their way to whoever asks what to do with them. */

type Taker = (files: File[]) => void;
let taker: Taker | null = null;

export function offerFiles(files: File[]): void {
  if (files.length > 0) taker?.(files);
}

/** Takes what is offered until the returned function is called. */
export function takeOffers(next: Taker): () => void {
  taker = next;
  return () => {
    if (taker === next) taker = null;
  };
}
