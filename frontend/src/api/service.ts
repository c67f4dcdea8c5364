/** The service that this page came from, called as whoever is signed in. */
import { QueryClient } from "@tanstack/react-query";
import { preferences } from "../i18n/preferences.ts";
import { connect, type Connection, mayPass } from "./client.ts";
import { freshToken, session, subscribe } from "./session.ts";

export const connection: Connection = {
  baseUrl: "",
  token: () => session()?.accessToken ?? null,
  language: () => preferences().language,
  fetch: withFreshToken,
};

export const api = connect(connection);

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && mayPass(error),
    },
  },
});

/** What one rider was told is not kept for the next; once the page has seen who is there now. */
let rider = session()?.user.user_id;
subscribe(() => {
  const next = session()?.user.user_id;
  if (next === rider) return;
  rider = next;
  setTimeout(() => {
    queries.removeQueries({ type: "inactive" });
    void queries.resetQueries({ type: "active" });
  });
});

async function withFreshToken(request: Request): Promise<Response> {
  const token = await freshToken();
  if (token === null) {
    request.headers.delete("Authorization");
    return fetch(request);
  }
  request.headers.set("Authorization", `Bearer ${token}`);
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 401) return response;
  const next = await freshToken(token);
  if (next === token) return response;
  if (next === null) again.headers.delete("Authorization");
  else again.headers.set("Authorization", `Bearer ${next}`);
  return fetch(again);
}
