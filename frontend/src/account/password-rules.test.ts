import { describe, expect, it } from "vitest";
import { isMet, isStrong, RULES } from "./password-rules.ts";

const unmet = (password: string) => RULES.filter((rule) => !isMet(rule, password));

describe("a new password", () => {
  it("needs each kind of character", () => {
    expect(unmet("")).toEqual(RULES);
    expect(unmet("SUBIDA-2026!")).toEqual(["lower"]);
    expect(unmet("subida-2026!")).toEqual(["upper"]);
    expect(unmet("Subida-norte!")).toEqual(["digit"]);
    expect(unmet("Subida2026")).toEqual(["special"]);
    expect(unmet("Su-26")).toEqual(["length"]);
    expect(isStrong("Subida-2026!")).toBe(true);
  });

  it("may have 8 to 128 characters, whatever they are made of", () => {
    const of = (length: number) => `Aa1!${"x".repeat(length - 4)}`;
    expect([7, 8, 128, 129].map((length) => isMet("length", of(length)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isMet("length", "🚲".repeat(7))).toBe(false);
    expect(isMet("length", "🚲".repeat(128))).toBe(true);
  });

  it("takes a space or a letter with an accent for a special character, as the service does", () => {
    expect(isStrong("Subida 2026")).toBe(true);
    expect(isStrong("Montaña2026")).toBe(true);
  });
});
