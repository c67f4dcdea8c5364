/** For tests: what a browser has that jsdom has not, on the way to a `FakeService`. */
import { vi } from "vitest";
import { FakeLocks } from "../../tests/locks.ts";
import { FakeService, type FakeUpload, type Refusal, refusal } from "./fake-service.ts";

/** What `XMLHttpRequest` is to the code; a test says when bytes and answers come by. */
export class FakeRequest {
  static service: FakeService;
  upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  status = 0;
  responseText = "";
  isAborted = false;
  file: File = new File([], "");
  mapping: string | null = null;
  headers = new Headers();
  private path = "";
  private answered = new Headers();

  open(_method: string, path: string): void {
    this.path = path;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }
  getResponseHeader(name: string): string | null {
    return this.answered.get(name);
  }
  abort(): void {
    this.isAborted = true;
  }
  send(form: FormData): void {
    this.file = form.get("file") as File;
    this.mapping = form.get("mapping") as string | null;
    FakeRequest.service.sendings.push(this);
  }
  get key(): string {
    return this.headers.get("Idempotency-Key") ?? "";
  }

  bytes(loaded: number): void {
    this.upload.onprogress?.({ loaded });
  }
  /** The service takes it, and its answer arrives or is lost. */
  async arrive({ isAnswerLost = false } = {}): Promise<void> {
    const tripId = /trip-\d+/.exec(this.path)?.[0] ?? "";
    await this.settle(FakeRequest.service.accept(tripId, this.key, this.file), isAnswerLost);
  }
  async refuse(answer: Refusal): Promise<void> {
    await this.settle(refusal(answer), false);
  }
  lose(): void {
    this.onerror?.();
  }
  private async settle(response: Response, isLost: boolean): Promise<void> {
    this.responseText = await response.text();
    if (this.isAborted) return;
    if (isLost) {
      this.onerror?.();
      return;
    }
    this.status = response.status;
    this.answered = response.headers;
    this.onload?.();
  }
}

export class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  private readonly id: string;

  constructor(address: string) {
    this.id = address.slice(address.lastIndexOf("/") + 1);
    FakeRequest.service.sockets.add(this);
    queueMicrotask(() => {
      if (FakeRequest.service.isAway) this.drop();
      else this.onopen?.();
    });
  }
  send(): void {
    this.tell("parsing", 20);
  }
  tell(stage: string, progress: number): void {
    const event = { type: "upload.progress", stage, progress, attempt: 1, error_code: null };
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  end(upload: FakeUpload): void {
    if (upload.id === this.id) this.drop();
  }
  drop(): void {
    FakeRequest.service.sockets.delete(this);
    this.onclose?.();
  }
  close(): void {
    FakeRequest.service.sockets.delete(this);
  }
}

/** Tabs hear each other, and not themselves; what storage changes is told by hand. */
class FakeChannel {
  static all = new Set<FakeChannel>();
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
    FakeChannel.all.add(this);
  }
  postMessage(data: unknown): void {
    for (const other of FakeChannel.all) {
      if (other !== this && other.name === this.name) other.onmessage?.({ data });
    }
  }
  close(): void {
    FakeChannel.all.delete(this);
  }
}

/** Node's `Request` knows neither addresses without a host nor the signals of jsdom. */
class FakeRequestOfFetch extends Request {
  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    const rest = { ...init };
    delete rest.signal;
    super(typeof input === "string" ? new URL(input, "http://localhost") : input, rest);
  }
}

// The client keeps the one that is there when it is made: before anything else is imported.
globalThis.Request = FakeRequestOfFetch;

export function installFakes(): FakeService {
  const service = new FakeService();
  FakeRequest.service = service;
  FakeChannel.all.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    const text = await request.text();
    const body: unknown = text ? JSON.parse(text) : null;
    return service.answer(request.method, new URL(request.url), body);
  });
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("BroadcastChannel", FakeChannel);
  Object.defineProperty(navigator, "locks", { value: new FakeLocks(), configurable: true });
  const user = { user_id: "u1", username: "ana" };
  const session = { accessToken: "t", refreshToken: "r", expiresAt: Date.now() + 1e9, user };
  localStorage.setItem("contravento.session", JSON.stringify(session));
  return service;
}
