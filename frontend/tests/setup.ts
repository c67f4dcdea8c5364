import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

/** Node.js knows of no page that an address could be relative to. */
class PageRequest extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === "string" ? new URL(input, location.href) : input, init);
  }
}
globalThis.Request = PageRequest;

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  localStorage.clear();
});
