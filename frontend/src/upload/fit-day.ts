/** When a FIT file was begun, from its first message alone. */

// 1989-12-31T00:00:00Z, from which FIT counts its seconds.
const EPOCH_S = 631_065_600;
const FILE_ID = 0;
const TIME_CREATED = 4;
const UNKNOWN = 0xffff_ffff;

export function isFit(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(8, 12)) === ".FIT";
}

/** `time_created` of `file_id`, the message that every file begins with; null where it has none. */
export function fitStart(head: Uint8Array): Date | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    const start = view.getUint8(0);
    const isDefinition = (view.getUint8(start) & 0xc0) === 0x40;
    const isLittle = view.getUint8(start + 2) === 0;
    if (!isDefinition || view.getUint16(start + 3, isLittle) !== FILE_ID) return null;
    const fields = view.getUint8(start + 5);
    let at = start + 6 + 3 * fields + 1;
    if (view.getUint8(start) & 0x20) at += 1 + 3 * view.getUint8(start + 6 + 3 * fields);
    for (let field = start + 6; field < start + 6 + 3 * fields; field += 3) {
      if (view.getUint8(field) === TIME_CREATED) {
        const seconds = view.getUint32(at, isLittle);
        return seconds === UNKNOWN ? null : new Date((seconds + EPOCH_S) * 1000);
      }
      at += view.getUint8(field + 1);
    }
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
