/**
 * The service's API as typed calls.
 *
 * `connect` gives a client whose calls know every address, body and answer of `schema.d.ts`;
 * `unwrap` takes the data out of an answer's envelope, or throws an `ApiError`.
 */
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type Schemas = components["schemas"];
export type ErrorCode = Schemas["ErrorCode"];
export type Api = Client<paths, "application/json">;

export interface Connection {
  /** Where the service is, without a slash at the end; empty for the page's own origin. */
  baseUrl: string;
  /** The access token as it is now, asked for before each call; null when nobody is signed in. */
  token?: () => string | null;
  /** The language of error messages; the service speaks Spanish where none is given. */
  language?: Language | (() => Language);
  /** What sends requests, where it is not the browser's own. */
  fetch?: (request: Request) => Promise<Response>;
}

type Language = "es" | "en";

export function connect({ baseUrl, token, language, fetch }: Connection): Api {
  const api = createClient<paths, "application/json">({ baseUrl, ...(fetch && { fetch }) });
  api.use({
    onRequest({ request }) {
      const bearer = token?.();
      if (bearer) request.headers.set("Authorization", `Bearer ${bearer}`);
      const tongue = languageOf(language);
      if (tongue) request.headers.set("Accept-Language", tongue);
      return request;
    },
  });
  return api;
}

export function languageOf(language: Connection["language"]): Language | undefined {
  return typeof language === "function" ? language() : language;
}

/** What went wrong, in the service's words; programs look at `code`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Null where the answer came from something before the service, such as a proxy. */
  readonly code: ErrorCode | null;
  /** The field of the request that is to blame, where one is. */
  readonly field: string | null;
  /** Why a file was refused for what is in it, and in which of its lines, where one can be named. */
  readonly reason: Schemas["FileReason"] | null;
  readonly line: number | null;
  /** What a table looks like, where nothing but its columns may be in the way. */
  readonly table: Schemas["TableOut"] | null;
  readonly retryAfterS: number | null;
  readonly requestId: string | null;

  constructor(response: Response, detail: Schemas["ErrorDetail"] | null) {
    super(detail?.message ?? `HTTP ${response.status}`);
    const retryAfter = response.headers.get("Retry-After");
    this.status = response.status;
    this.code = detail?.code ?? null;
    this.field = detail?.field ?? null;
    this.reason = detail?.reason ?? null;
    this.line = detail?.line ?? null;
    this.table = detail?.csv ?? null;
    this.retryAfterS = retryAfter === null ? null : Number(retryAfter);
    this.requestId = response.headers.get("X-Request-ID");
  }
}

/** Whether the next try may go better: the connection or the service was away. */
export function mayPass(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof ApiError && error.status >= 500);
}

/** The data of an answer in its envelope, or the whole of one that comes without. */
export type Unwrapped<Body> = Body extends { success: true; data: infer Data } ? Data : Body;

type Answer<Body> =
  | { data: Body; error?: never; response: Response }
  | { data?: never; error: unknown; response: Response };

/** What a call was answered; throws `ApiError` for an error, `TypeError` without a connection. */
export async function unwrap<Body>(call: Promise<Answer<Body>>): Promise<Unwrapped<Body>> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiError(response, detailOf(error));
  return (isEnvelope(data) ? data.data : data) as Unwrapped<Body>;
}

/** A form for the calls that take a file; fields that are null or left out are not sent. */
export function formOf(fields: Record<string, Blob | string | null | undefined>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined) form.append(name, value);
  }
  return form;
}

function isEnvelope(body: unknown): body is { data: unknown } {
  return typeof body === "object" && body !== null && "success" in body && "data" in body;
}

function detailOf(body: unknown): Schemas["ErrorDetail"] | null {
  const isError = typeof body === "object" && body !== null && "error" in body;
  return isError ? (body as Schemas["ErrorEnvelope"]).error : null;
}
