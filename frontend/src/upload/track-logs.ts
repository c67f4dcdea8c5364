/** Which files are track logs: by their names, as loosely as the service, which looks inside. */

// The service's own rule (services/uploads/file_names.py).
const NAME = /^.+\.(gpx|tcx|fit|csv|zip)(\.gz)?(\.xml|\.txt)?$/i;
const TABLE = /\.csv(\.gz)?(\.xml|\.txt)?$/i;
/** What of a table is sent to tell its columns. */
const HEAD_BYTES = 1e6;

export function isTrackLog(name: string): boolean {
  return NAME.test(name);
}

/** The first whole lines of a large table; null where a file must be sent whole or not at all. */
export async function headOfTable(file: File): Promise<File | null> {
  if (!TABLE.test(file.name) || /\.gz/i.test(file.name)) return null;
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const end = head.lastIndexOf(0x0a) + 1;
  return new File([head.slice(0, end || head.length)], file.name);
}
