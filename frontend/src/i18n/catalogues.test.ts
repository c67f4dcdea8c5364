import { describe, expect, it, vi } from "vitest";
import { LANGUAGES } from "./texts.ts";

/** Every catalogue that is made while the files are loaded, wherever it stands. */
const { made } = vi.hoisted(() => ({ made: [] as Record<string, unknown>[] }));
vi.mock("./texts.ts", async (original) => ({
  ...(await original<object>()),
  defineTexts: (texts: Record<string, unknown>) => {
    made.push(texts);
    return texts;
  },
}));

const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.{ts,tsx}"], {
  eager: true,
  query: "?raw",
  import: "default",
});
const load = import.meta.glob(["../**/*.{ts,tsx}", "!../**/*.test.{ts,tsx}", "!../main.tsx"]);
const files = Object.keys(load).filter((file) => /= defineTexts\b/.test(sources[file] ?? ""));
const catalogues: { file: string; catalogue: Record<string, unknown> }[] = [];
for (const file of files) {
  await load[file]?.();
  for (const catalogue of made.splice(0)) catalogues.push({ file, catalogue });
}

type Maker = (...given: unknown[]) => string;

/** The address of each text in a catalogue, with the text or what makes it. */
function leaves(value: unknown, path = ""): [path: string, leaf: unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, `${path}.${key}`));
}

/** Which of what a text is given stands in it. */
function usedBy(make: Maker): boolean[] {
  const marks = Array.from({ length: make.length }, (_, index) => `§${String(index)}§`);
  const text = make(...marks);
  return marks.map((mark) => text.includes(mark));
}

it("finds every file that has texts", () => {
  expect(catalogues.length).toBeGreaterThanOrEqual(files.length);
  for (const file of ["../api/problems.ts", "../rides/texts.ts", "../ui/Trouble.tsx"]) {
    expect(files).toContain(file);
  }
});

describe.each(catalogues)("the texts of $file", ({ catalogue }) => {
  const inEach = LANGUAGES.map((language) => new Map(leaves(catalogue[language])));
  const [first, ...others] = inEach;

  it("are the same ones in every language", () => {
    const expected = [...(first?.keys() ?? [])].sort();
    expect(expected).not.toEqual([""]);
    for (const other of others) expect([...other.keys()].sort()).toEqual(expected);
  });

  it("are never empty", () => {
    for (const texts of inEach) {
      for (const [path, leaf] of texts) {
        const text =
          typeof leaf === "function" ? (leaf as Maker)(...Array<number>(4).fill(2)) : leaf;
        expect(String(text).trim(), path).not.toBe("");
        expect(typeof text, path).toBe("string");
      }
    }
  });

  it("say the same of what they are given", () => {
    for (const [path, leaf] of first ?? []) {
      for (const other of others) {
        const twin = other.get(path);
        expect(typeof twin, path).toBe(typeof leaf);
        if (typeof leaf !== "function" || typeof twin !== "function") continue;
        expect(twin.length, path).toBe(leaf.length);
        expect(usedBy(twin as Maker), path).toEqual(usedBy(leaf as Maker));
      }
    }
  });
});
