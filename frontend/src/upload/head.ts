/** The beginning of a file as its bytes are before they were packed. */

const MOST_BYTES = 65_536;
const NOTHING = new Uint8Array();

type Bytes = Uint8Array<ArrayBuffer>;

export async function headOf(file: Blob): Promise<Bytes> {
  try {
    const head = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());
    const packed = packing(head);
    return packed ? await unpacked(head.subarray(packed.start), packed.as) : head;
  } catch {
    return NOTHING;
  }
}

/** What the first file of a zip (APPNOTE 4.3.7), or a gzip, is packed as, and from which byte. */
function packing(head: Bytes): { as: CompressionFormat; start: number } | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length > 2 && view.getUint16(0) === 0x1f8b) return { as: "gzip", start: 0 };
  const isDeflated =
    head.length > 30 && view.getUint32(0) === 0x504b0304 && view.getUint16(8, true) === 8;
  if (!isDeflated) return null;
  const names = view.getUint16(26, true) + view.getUint16(28, true);
  return { as: "deflate-raw", start: 30 + names };
}

async function unpacked(part: Bytes, as: CompressionFormat): Promise<Bytes> {
  const reader = new Response(part).body?.pipeThrough(new DecompressionStream(as)).getReader();
  if (!reader) return NOTHING;
  const chunks: Bytes[] = [];
  let size = 0;
  try {
    while (size < MOST_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
  } catch {
    // Cut off, as every part is; what came before that is good.
  }
  void reader.cancel().catch(() => undefined);
  const head = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    head.set(chunk, at);
    at += chunk.length;
  }
  return head.subarray(0, MOST_BYTES);
}
