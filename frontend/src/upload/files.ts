/** The files themselves, kept on this device until the service has them. */

/** Of all that is kept; a browser gives a page more, but the device is the rider's. */
export const KEPT_BYTES = 200 * 2 ** 20;
const NAME = "contravento.uploads";
const STORE = "files";

export interface KeptFiles {
  /** Whether the file will be there after a reload; in any case it is there until then. */
  keep: (id: string, file: File) => Promise<boolean>;
  get: (id: string) => Promise<File | null>;
  forget: (id: string) => Promise<void>;
  /** Forgets what belongs to none of `ids`. */
  tidy: (ids: ReadonlySet<string>) => Promise<void>;
}

/** IndexedDB, and beside it memory: for what does not fit, and where there is no IndexedDB. */
export function keptFiles(): KeptFiles {
  const inMemory = new Map<string, File>();
  let opened: Promise<IDBDatabase> | undefined;
  const database = () => {
    opened ??= open();
    return opened;
  };
  const ask = async <T>(
    mode: IDBTransactionMode,
    request: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const transaction = (await database()).transaction(STORE, mode);
    const asked = request(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("nothing was kept"));
    });
    return asked.result;
  };
  return {
    async keep(id, file) {
      inMemory.set(id, file);
      try {
        const all = await ask("readonly", (store) => store.getAll() as IDBRequest<File[]>);
        const used = all.reduce((sum, { size }) => sum + size, 0);
        if (used + file.size > KEPT_BYTES) return false;
        await ask("readwrite", (store) => store.put(file, id));
        return true;
      } catch {
        return false;
      }
    },
    async get(id) {
      const file = inMemory.get(id);
      if (file) return file;
      const kept = await ask("readonly", (store) => store.get(id) as IDBRequest<unknown>).catch(
        () => null,
      );
      return kept instanceof File ? kept : null;
    },
    async forget(id) {
      inMemory.delete(id);
      await ask("readwrite", (store) => store.delete(id)).catch(() => undefined);
    },
    async tidy(ids) {
      const keys = await ask("readonly", (store) => store.getAllKeys()).catch(() => []);
      for (const key of keys) {
        if (typeof key === "string" && !ids.has(key))
          await ask("readwrite", (store) => store.delete(key));
      }
    },
  };
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no IndexedDB"));
  });
}
