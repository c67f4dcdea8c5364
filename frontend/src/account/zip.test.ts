import { describe, expect, it } from "vitest";
import { Zip } from "./zip.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a reader of such archives finds, from the end on as they do. */
async function entriesOf(archive: Blob) {
  const content = new Uint8Array(await archive.arrayBuffer());
  const view = new DataView(content.buffer);
  const end = content.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  let at = view.getUint32(end + 16, true);
  expect(at + view.getUint32(end + 12, true)).toBe(end);
  const text = (from: number, length: number) =>
    new TextDecoder().decode(content.subarray(from, from + length));
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    expect(view.getUint32(at, true)).toBe(0x02014b50);
    const nameLength = view.getUint16(at + 28, true);
    const name = text(at + 46, nameLength);
    const local = view.getUint32(at + 42, true);
    expect(view.getUint32(local, true)).toBe(0x04034b50);
    expect(text(local + 30, view.getUint16(local + 26, true))).toBe(name);
    const size = view.getUint32(at + 24, true);
    const entry = {
      name,
      crc: view.getUint32(at + 16, true),
      content: text(local + 30 + nameLength, size),
      time: view.getUint16(at + 12, true),
      date: view.getUint16(at + 14, true),
    };
    at += 46 + nameLength;
    return entry;
  });
}

describe("a zip archive", () => {
  it("has each file under its name, with its check sum and its day", async () => {
    const archive = new Zip();
    archive.add("Collfosc – Alcúdia.gpx", bytes("123456789"), new Date(2026, 4, 3, 12, 30, 8));
    archive.add("vacío.csv", bytes(""), new Date(2026, 0, 1));
    const [first, second] = await entriesOf(archive.blob());
    expect(first).toEqual({
      name: "Collfosc – Alcúdia.gpx",
      // The check value of CRC-32 (ISO 3309).
      crc: 0xcbf43926,
      content: "123456789",
      time: (12 << 11) | (30 << 5) | 4,
      date: (46 << 9) | (5 << 5) | 3,
    });
    expect(second).toMatchObject({ name: "vacío.csv", crc: 0, content: "" });
  });

  it("is one without any file", async () => {
    expect(await entriesOf(new Zip().blob())).toEqual([]);
    expect(new Zip().size).toBe(0);
  });
});
