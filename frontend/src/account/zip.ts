/**
 * A zip archive of files as they are, without packing them (APPNOTE 6.3.10): track logs are packed
 * already, or are on their way to be read.
 */

const LOCAL_FILE = 0x04034b50;
const CENTRAL_FILE = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;

export class Zip {
  readonly #parts: BlobPart[] = [];
  readonly #central: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  /** Of what was added, in bytes. */
  get size(): number {
    return this.#size;
  }

  add(name: string, content: Uint8Array<ArrayBuffer>, modified: Date): void {
    const path = new TextEncoder().encode(name);
    const facts = { path, crc: crc32(content), size: content.length, at: dosTime(modified) };
    this.#central.push(centralHeader(facts, this.#size));
    const header = localHeader(facts);
    this.#parts.push(header, content);
    this.#size += header.length + content.length;
  }

  blob(): Blob {
    const size = this.#central.reduce((sum, { length }) => sum + length, 0);
    const end = recordOf(END_BYTES, END);
    end.view.setUint16(8, this.#central.length, true);
    end.view.setUint16(10, this.#central.length, true);
    end.view.setUint32(12, size, true);
    end.view.setUint32(16, this.#size, true);
    return new Blob([...this.#parts, ...this.#central, end.bytes], { type: "application/zip" });
  }
}

interface Facts {
  path: Uint8Array;
  crc: number;
  size: number;
  at: readonly [time: number, date: number];
}

function recordOf(size: number, signature: number) {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  return { bytes, view };
}

function localHeader(facts: Facts): Uint8Array<ArrayBuffer> {
  const { bytes, view } = recordOf(LOCAL_BYTES + facts.path.length, LOCAL_FILE);
  writeFacts(view, 4, facts);
  bytes.set(facts.path, LOCAL_BYTES);
  return bytes;
}

function centralHeader(facts: Facts, offset: number): Uint8Array<ArrayBuffer> {
  const { bytes, view } = recordOf(CENTRAL_BYTES + facts.path.length, CENTRAL_FILE);
  view.setUint16(4, VERSION, true);
  writeFacts(view, 6, facts);
  view.setUint32(42, offset, true);
  bytes.set(facts.path, CENTRAL_BYTES);
  return bytes;
}

/** What both kinds of header say of a file, from `at` on. */
function writeFacts(view: DataView, at: number, { path, crc, size, at: [time, date] }: Facts) {
  view.setUint16(at, VERSION, true);
  view.setUint16(at + 2, FLAGS, true);
  view.setUint16(at + 6, time, true);
  view.setUint16(at + 8, date, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, path.length, true);
}

/** Of DOS, which begins with 1980 and counts every other second. */
function dosTime(at: Date): [time: number, date: number] {
  const years = Math.max(at.getFullYear() - 1980, 0);
  return [
    (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1),
    (years << 9) | ((at.getMonth() + 1) << 5) | at.getDate(),
  ];
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(content: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of content) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
