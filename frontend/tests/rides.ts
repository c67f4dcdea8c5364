/** Rides as the service lists them, for the tests of whatever shows them. */
import { type Schemas } from "../src/api/client.ts";

type Ride = Schemas["ListedTripOut"];
type Track = Schemas["ListedGpxOut"];
type Upload = Pick<
  Schemas["StatusOut"],
  "gpx_file_id" | "processing_status" | "stage" | "progress" | "error_code"
>;
type RideWithUpload = Omit<Ride, "upload"> & { upload?: Upload | null };

export function aTrack(changes: Partial<Track> = {}): Track {
  return {
    gpx_file_id: "7f1ee69f-1ed3-495f-a179-d8fa33f8e1e1",
    trip_id: "2f381740-b8ed-4d09-b96f-1ec7c6d40c0d",
    processing_status: "completed",
    distance_km: 42.195,
    elevation_gain: 812.4,
    elevation_loss: 790.1,
    max_elevation: 1260,
    min_elevation: 410.2,
    has_elevation: true,
    has_timestamps: true,
    total_points: 804,
    simplified_points: 44,
    uploaded_at: "2026-05-02T08:17:26Z",
    processed_at: "2026-05-02T08:17:27Z",
    error_message: null,
    error_code: null,
    file_name: "ride.gpx",
    file_size: 79_729,
    warnings: [],
    sensors: null,
    start_time: "2026-05-01T07:50:17Z",
    start_local: "2026-05-01T09:50:17+02:00",
    preview: { polyline: "_p~iF~ps|U_ulLnnqC_mqNvxq`@", bounds: [-126.453, 38.5, -120.2, 43.252] },
    device_totals: null,
    ...changes,
  };
}

export function aRide(changes: Partial<RideWithUpload> = {}): RideWithUpload {
  return {
    trip_id: "2f381740-b8ed-4d09-b96f-1ec7c6d40c0d",
    user_id: "04ccff4c-3515-433e-93d4-bd3c804d46cf",
    author: {
      user_id: "04ccff4c-3515-433e-93d4-bd3c804d46cf",
      username: "ana",
      full_name: null,
      profile_photo_url: null,
      is_following: null,
    },
    title: "Vuelta al pantano",
    description: "Una vuelta larga alrededor del pantano, con viento de cara.",
    status: "published",
    start_date: "2026-05-01",
    end_date: null,
    distance_km: null,
    difficulty: null,
    is_private: false,
    created_at: "2026-05-02T08:17:26Z",
    updated_at: "2026-05-02T08:17:26Z",
    published_at: "2026-05-02T08:17:26Z",
    photos: [],
    locations: [],
    tags: [],
    photo_count: 0,
    tag_names: [],
    thumbnail_url: null,
    like_count: 0,
    is_liked: null,
    gpx_file: aTrack(),
    ...changes,
  };
}

export function anUpload(changes: Partial<Upload> = {}): Upload {
  return {
    gpx_file_id: "7f1ee69f-1ed3-495f-a179-d8fa33f8e1e1",
    processing_status: "processing",
    stage: "queued",
    progress: 0,
    error_code: null,
    ...changes,
  };
}
