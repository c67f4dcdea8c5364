/** Files that were picked or dropped somewhere, on their way to whoever asks what to do with them. */

type Taker = (files: File[]) => void;
let taker: Taker | null = null;
/** Offered before anybody was there to take them. */
let untaken: File[] = [];

export function offerFiles(files: File[]): void {
  if (files.length === 0) return;
  if (taker) taker(files);
  else untaken = [...untaken, ...files];
}

/** Takes what is offered until the returned function is called. */
export function takeOffers(next: Taker): () => void {
  taker = next;
  const waiting = untaken;
  untaken = [];
  offerFiles(waiting);
  return () => {
    if (taker === next) taker = null;
  };
}
