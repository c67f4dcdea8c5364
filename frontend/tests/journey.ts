/**
 * A cyclist's way through a running service, with the generated client:
 * `web.sh node tests/journey.ts BASE_URL FILE.gpx` prints what was seen as JSON.
 */
import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { argv, stdout } from "node:process";
import { ApiError, connect, formOf, unwrap } from "../src/api/client.ts";
import { watchUpload } from "../src/api/watching.ts";

const DESCRIPTION = "Una vuelta larga alrededor del pantano, con viento de cara.";
const [, , baseUrl, rideFile] = argv;
assert.ok(baseUrl && rideFile, "BASE_URL and FILE.gpx are needed");
const ride = new File([await openAsBlob(rideFile)], basename(rideFile));

let token: string | null = null;
const connection = { baseUrl, token: () => token, language: "en" as const };
const api = connect(connection);

const account = { username: "ana", email: "ana@example.com", password: "Subida-2026!" };
const anonymous = await refusal(unwrap(api.GET("/auth/me")));
await unwrap(api.POST("/auth/register", { body: account }));
const taken = await refusal(unwrap(api.POST("/auth/register", { body: account })));
const session = await unwrap(
  api.POST("/auth/login", { body: { login: account.username, password: account.password } }),
);
token = session.access_token;
const me = await unwrap(api.GET("/auth/me"));

const { suggested_title: title, difficulty } = await unwrap(
  api.POST("/gpx/analyze", { body: { file: ride }, bodySerializer: formOf }),
);
const trip = await unwrap(
  api.POST("/trips", {
    body: { title, description: DESCRIPTION, start_date: "2026-05-01", difficulty },
  }),
);
const path = { trip_id: trip.trip_id };
const sendRide = () =>
  unwrap(
    api.POST("/trips/{trip_id}/gpx", {
      params: { path, header: { "Idempotency-Key": "ride-1" } },
      body: { file: ride },
      bodySerializer: formOf,
    }),
  );
const upload = await sendRide();
const sentAgain = await sendRide();
const stages: string[] = [];
const status = await watchUpload(api, connection, upload.gpx_file_id, {
  onProgress: ({ stage }) => stages.push(stage),
});
const asked: string[] = [];
const withoutSockets = { ...connection, baseUrl: "http://127.0.0.1:1" };
await watchUpload(api, withoutSockets, upload.gpx_file_id, {
  onProgress: ({ stage }) => asked.push(stage),
});
const ofUpload = { gpx_file_id: upload.gpx_file_id };
const track = await unwrap(api.GET("/gpx/{gpx_file_id}/track", { params: { path: ofUpload } }));
const thumbnail = await unwrap(
  api.GET("/gpx/{gpx_file_id}/track", {
    params: { path: ofUpload, query: { max_points: 20 } },
  }),
);
const original = await unwrap(
  api.GET("/gpx/{gpx_file_id}/download", { params: { path: ofUpload }, parseAs: "blob" }),
);
const early = await refusal(
  unwrap(
    api.POST("/trips/{trip_id}/gpx", {
      params: { path },
      body: { file: ride },
      bodySerializer: formOf,
    }),
  ),
);

const wizard = await unwrap(
  api.POST("/trips/gpx-wizard", {
    body: { gpx_file: ride, title, description: DESCRIPTION, start_date: "2026-05-02" },
    bodySerializer: formOf,
  }),
);
const published = await unwrap(api.POST("/trips/{trip_id}/publish", { params: { path } }));
const { pagination } = await unwrap(api.GET("/trips/public", { params: { query: { limit: 1 } } }));
await unwrap(api.DELETE("/trips/{trip_id}/gpx", { params: { path } }));
const gone = await refusal(unwrap(api.GET("/trips/{trip_id}/gpx", { params: { path } })));
await unwrap(
  api.POST("/auth/logout", { params: { query: { refresh_token: session.refresh_token } } }),
);

stdout.write(
  JSON.stringify({
    anonymous: anonymous.code,
    taken: [taken.status, taken.code, taken.field, taken.message],
    username: me.username,
    title,
    sameUpload: sentAgain.gpx_file_id === upload.gpx_file_id,
    stages,
    asked,
    status: status.processing_status,
    distanceKm: status.distance_km,
    points: track.trackpoints.length,
    lastPointKm: track.trackpoints.at(-1)?.distance_km,
    thumbnailPoints: thumbnail.simplified_points_count,
    originalBytes: original.size,
    early: [early.status, early.code],
    wizardKm: wizard.gpx_file.total_distance_km,
    published: published.status,
    publicTrips: pagination.total,
    gone: [gone.status, gone.code],
  }),
);

async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const answer = await call.then(
    () => assert.fail("an error was expected"),
    (error: unknown) => error,
  );
  assert.ok(answer instanceof ApiError, String(answer));
  return answer;
}
