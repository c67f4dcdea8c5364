/** What goes on, kept on this device for each rider: one entry for each upload. */
import { isEnded, type Upload } from "./upload-state.ts";

const PREFIX = "contravento.upload.";

export function keysOf(userId: string): string {
  return `${PREFIX}${userId}.`;
}

export function keptUploads(userId: string): Upload[] {
  const prefix = keysOf(userId);
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix))
    .map((key) => parsed(localStorage.getItem(key)))
    .filter((upload) => upload !== null)
    .sort((one, other) => one.order - other.order || one.id.localeCompare(other.id));
}

/** Uploads of anybody on this device, for the files that belong to them. */
export function keptIds(): Set<string> {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  return new Set(keys.map((key) => key.slice(key.lastIndexOf(".") + 1)));
}

/** How many of whomever have not ended. */
export function unfinishedOnDevice(): number {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => parsed(localStorage.getItem(key)))
    .filter((upload) => upload !== null && !isEnded(upload)).length;
}

/** Writes what is new or different; a full device keeps what it had. */
export function keepUploads(
  userId: string,
  before: readonly Upload[],
  now: readonly Upload[],
): void {
  const prefix = keysOf(userId);
  const was = new Map(before.map((upload) => [upload.id, upload]));
  for (const upload of now) {
    const old = was.get(upload.id);
    was.delete(upload.id);
    if (old === upload || (old && isHardlyDifferent(old, upload))) continue;
    try {
      localStorage.setItem(prefix + upload.id, JSON.stringify(upload));
    } catch {
      // Without space the upload still runs; it is only not taken up after a reload.
    }
  }
  for (const id of was.keys()) localStorage.removeItem(prefix + id);
}

/** Bytes come by in hundreds of events; each percent is enough for other tabs. */
function isHardlyDifferent(old: Upload, upload: Upload): boolean {
  const percent = ({ sent, size }: Upload) => Math.floor((100 * sent) / Math.max(size, 1));
  return (
    percent(old) === percent(upload) &&
    JSON.stringify({ ...old, sent: 0 }) === JSON.stringify({ ...upload, sent: 0 })
  );
}

function parsed(text: string | null): Upload | null {
  try {
    const value = JSON.parse(text ?? "null") as Upload | null;
    return value && typeof value.id === "string" && typeof value.order === "number" ? value : null;
  } catch {
    return null;
  }
}
