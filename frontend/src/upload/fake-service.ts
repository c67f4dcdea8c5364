/** For tests: the service as a browser meets it, and the files that a device keeps. */
import { type FakeRequest, type FakeSocket } from "./fake-browser.ts";
import { type KeptFiles } from "./files.ts";

interface FakeTrip {
  id: string;
  body: Record<string, unknown>;
  upload: FakeUpload | null;
}

export interface FakeUpload {
  id: string;
  key: string;
  name: string;
  size: number;
  status: "processing" | "completed" | "failed";
  errorCode: string | null;
}

export interface Refusal {
  status: number;
  code: string | null;
  headers?: Record<string, string>;
  reason?: string;
  line?: number;
  message?: string;
}

const LOST = "lost";

export class FakeService {
  trips: FakeTrip[] = [];
  made = 0;
  sendings: FakeRequest[] = [];
  calls: string[] = [];
  isAway = false;
  /** What the next calls are answered, by "METHOD /path" with {} for ids. */
  next = new Map<string, (Refusal | typeof LOST | "lostAfter")[]>();
  sockets = new Set<FakeSocket>();

  refuse(call: string, ...answers: (Refusal | typeof LOST | "lostAfter")[]): void {
    this.next.set(call, answers);
  }

  uploadOf(tripId: string | null): FakeUpload | null {
    return this.trips.find(({ id }) => id === tripId)?.upload ?? null;
  }

  finish(upload: FakeUpload, errorCode: string | null = null): void {
    upload.status = errorCode ? "failed" : "completed";
    upload.errorCode = errorCode;
    for (const socket of this.sockets) socket.end(upload);
  }

  async answer(method: string, url: URL, body: unknown): Promise<Response> {
    const path = url.pathname;
    const call = `${method} ${path.replaceAll(/\/(trip|gpx)-\d+/g, "/{}").replace(/users\/\w+/, "users/{}")}`;
    this.calls.push(call);
    await Promise.resolve();
    if (this.isAway) throw new TypeError("Failed to fetch");
    const planned = this.next.get(call)?.shift();
    if (planned === LOST) throw new TypeError("Failed to fetch");
    if (typeof planned === "object") return refusal(planned);
    const response = this.handle(call, path, body);
    if (planned === "lostAfter") throw new TypeError("Failed to fetch");
    return response;
  }

  /** The upload's own answer: the same for the same key. */
  accept(tripId: string, key: string, file: File): Response {
    const trip = this.trips.find(({ id }) => id === tripId);
    if (!trip) return refusal({ status: 404, code: "NOT_FOUND" });
    if (trip.upload && trip.upload.key !== key && trip.upload.status !== "failed") {
      return refusal({ status: 400, code: "TRIP_ALREADY_HAS_GPX" });
    }
    const id = trip.upload?.id ?? `gpx-${(this.made += 1)}`;
    if (trip.upload?.key !== key) {
      trip.upload = {
        id,
        key,
        name: file.name,
        size: file.size,
        status: "processing",
        errorCode: null,
      };
    }
    return envelope({ gpx_file_id: id, processing_status: "processing" }, 202);
  }

  private handle(call: string, path: string, body: unknown): Response {
    const tripId = /trip-\d+/.exec(path)?.[0] ?? null;
    const trip = this.trips.find(({ id }) => id === tripId);
    const gpxId = /gpx-\d+/.exec(path)?.[0];
    const upload = this.trips.find((one) => one.upload?.id === gpxId)?.upload ?? null;
    switch (call) {
      case "POST /trips": {
        const made = { id: `trip-${(this.made += 1)}`, body: Object(body) as object, upload: null };
        this.trips.push(made as FakeTrip);
        return envelope({ trip_id: made.id }, 201);
      }
      case "GET /users/{}/trips":
        return envelope({
          trips: this.trips.map((one) => ({
            trip_id: one.id,
            ...one.body,
            gpx_file: one.upload && {},
          })),
        });
      case "GET /trips/{}":
        return trip ? envelope({ gpx_file: trip.upload && {} }) : gone();
      case "DELETE /trips/{}":
        this.trips = this.trips.filter((one) => one !== trip);
        return trip ? envelope({}) : gone();
      case "DELETE /trips/{}/gpx":
        if (trip) trip.upload = null;
        return new Response(null, { status: 204 });
      case "GET /trips/{}/gpx":
        return trip?.upload
          ? envelope({
              gpx_file_id: trip.upload.id,
              file_name: trip.upload.name,
              file_size: trip.upload.size,
              distance_km: 42,
              elevation_gain: 500,
              preview: { polyline: "_p~iF~ps|U_ulLnnqC", bounds: [0, 0, 1, 1] },
            })
          : gone();
      case "GET /gpx/{}/stretch":
        return envelope({ moving_time_minutes: 120 });
      case "POST /gpx/{}/reprocess":
        if (upload) Object.assign(upload, { status: "processing", errorCode: null });
        return envelope({}, 202);
      case "GET /gpx/{}/status":
        return upload
          ? envelope({
              processing_status: upload.status,
              stage: upload.status === "processing" ? "parsing" : "done",
              progress: upload.status === "processing" ? 20 : 100,
              attempt: 1,
              error_code: upload.errorCode,
              error_reason: null,
              error_message: null,
            })
          : gone();
      default:
        throw new Error(`no such call: ${call}`);
    }
  }
}

function envelope(data: unknown, status = 200): Response {
  return Response.json({ success: true, data, error: null }, { status });
}

function gone(): Response {
  return refusal({ status: 404, code: "NOT_FOUND" });
}

export function refusal({
  status,
  code,
  headers,
  reason,
  line,
  message = "no",
}: Refusal): Response {
  const error = code && { code, message, field: null, reason: reason ?? null, line: line ?? null };
  const body = error ? { success: false, data: null, error } : "bad gateway";
  return Response.json(body, { status, ...(headers && { headers }) });
}

/** Files that are there after a reload, as in IndexedDB; or with `isForgetful` are not. */
export class FakeFiles implements KeptFiles {
  readonly all = new Map<string, File>();
  isForgetful = false;
  keep(id: string, file: File): Promise<boolean> {
    this.all.set(id, file);
    return Promise.resolve(!this.isForgetful);
  }
  get(id: string): Promise<File | null> {
    return Promise.resolve(this.all.get(id) ?? null);
  }
  forget(id: string): Promise<void> {
    this.all.delete(id);
    return Promise.resolve();
  }
  tidy(): Promise<void> {
    return Promise.resolve();
  }
}
