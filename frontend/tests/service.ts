/** A service for the tests of components: answers at the boundary, where requests leave the page. */
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

type Answer = { status?: number; headers?: Record<string, string> } & (
  | { data: unknown }
  /** A file, or with null nothing at all. */
  | { body: BodyInit | null }
  | { error: { code: string; message: string; field?: string | null } }
);

/** Every request is answered by `answer`; what was asked is kept, in order. */
export function serve(answer: (asked: Asked) => Answer): Asked[] {
  const all: Asked[] = [];
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const request =
      typeof input === "string" ? new Request(new URL(input, location.href), init) : input;
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.text();
    const asked: Asked = {
      method: request.method,
      path: pathname,
      query: searchParams,
      body: text ? (JSON.parse(text) as unknown) : null,
    };
    all.push(asked);
    const given = answer(asked);
    if ("body" in given) {
      const status = given.status ?? (given.body === null ? 204 : 200);
      return new Response(given.body, { status, headers: given.headers ?? {} });
    }
    const envelope =
      "data" in given
        ? { success: true, data: given.data, error: null }
        : { success: false, data: null, error: { field: null, ...given.error } };
    return Response.json(envelope, {
      status: given.status ?? ("data" in given ? 200 : 400),
      ...(given.headers && { headers: given.headers }),
    });
  });
  return all;
}

export const TOKENS = {
  access_token: "access",
  refresh_token: "refresh",
  token_type: "bearer",
  expires_in: 900,
  user: {
    user_id: "04ccff4c-3515-433e-93d4-bd3c804d46cf",
    username: "ana",
    email: "ana@example.com",
    is_verified: false,
    created_at: "2026-05-01T08:00:00Z",
    photo_url: null,
    bio: null,
    location: null,
    cycling_type: null,
    profile_visibility: "public",
    trip_visibility: "public",
  },
} as const;
