/** The files of what was dropped; of folders those that are GPX, at any depth. */

export async function filesIn(data: DataTransfer): Promise<File[]> {
  // Both are gone after the first wait.
  const files = Array.from(data.files);
  const entries = Array.from(data.items)
    .filter(({ kind }) => kind === "file")
    .map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const found = await Promise.all(
    entries.map(async (entry) => (entry ? filesOf(entry, true) : [])),
  );
  return found.flat();
}

async function filesOf(entry: FileSystemEntry, isDropped: boolean): Promise<File[]> {
  if (isDirectory(entry)) {
    const found: File[] = [];
    for (const inside of await entriesOf(entry)) found.push(...(await filesOf(inside, false)));
    return found;
  }
  if (!isFile(entry) || (!isDropped && !/\.gpx$/i.test(entry.name))) return [];
  return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
}

/** A reader gives a hundred at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
