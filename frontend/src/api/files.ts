/** Files, fetched as whoever is signed in and handed to the browser. */
import { ApiError } from "./client.ts";
import { freshToken } from "./session.ts";

/** The answer with a file; throws `ApiError` where there is none, `TypeError` without a connection. */
export async function fetchFile(address: string, signal?: AbortSignal): Promise<Response> {
  const token = await freshToken();
  const response = await fetch(address, {
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    ...(signal && { signal }),
  });
  if (!response.ok) throw new ApiError(response, null);
  return response;
}

/** Has the browser keep it where it keeps downloads. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser takes it up after this task.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
