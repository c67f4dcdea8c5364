import { describe, expect, it } from "vitest";
import { aRide, aTrack, anUpload } from "../../tests/rides.ts";
import { distanceOf, fileStateOf, totalsOf, visibilityOf, withoutRepeats } from "./ride.ts";

describe("who sees a ride", () => {
  it("is its rider alone while it is a draft, private or not", () => {
    expect(visibilityOf(aRide({ status: "draft", is_private: false }))).toBe("draft");
    expect(visibilityOf(aRide({ status: "draft", is_private: true }))).toBe("draft");
  });

  it("is everybody only once it is published and not private", () => {
    expect(visibilityOf(aRide({ status: "published", is_private: true }))).toBe("private");
    expect(visibilityOf(aRide({ status: "published", is_private: false }))).toBe("public");
  });
});

describe("how a file is getting on", () => {
  it("is told by the upload before the numbers of an earlier one", () => {
    const upload = anUpload({ stage: "parsing", progress: 20 });
    expect(fileStateOf(aRide({ upload }))).toEqual({
      kind: "processing",
      stage: "parsing",
      progress: 20,
    });
  });

  it("names why it failed", () => {
    const upload = anUpload({ processing_status: "failed", error_code: "NO_USABLE_POINTS" });
    expect(fileStateOf(aRide({ gpx_file: null, upload }))).toEqual({
      kind: "failed",
      code: "NO_USABLE_POINTS",
    });
  });

  it("tells one that is there from one that was never sent", () => {
    expect(fileStateOf(aRide()).kind).toBe("ready");
    expect(fileStateOf(aRide({ gpx_file: null })).kind).toBe("none");
    expect(fileStateOf(aRide({ gpx_file: null, upload: null })).kind).toBe("none");
  });

  it("tells one that is being sent from one that was never sent, until the service has it", () => {
    const upload = anUpload({ stage: "parsing", progress: 20 });
    expect(fileStateOf(aRide({ gpx_file: null }), true).kind).toBe("arriving");
    expect(fileStateOf(aRide({ gpx_file: null, upload }), true).kind).toBe("processing");
    expect(fileStateOf(aRide(), true).kind).toBe("ready");
  });
});

describe("numbers", () => {
  it("are the measured ones before what was written, and zero is one", () => {
    expect(distanceOf(aRide({ distance_km: 90, gpx_file: aTrack({ distance_km: 0 }) }))).toBe(0);
    expect(distanceOf(aRide({ distance_km: 90, gpx_file: null }))).toBe(90);
    expect(distanceOf(aRide({ distance_km: null, gpx_file: null }))).toBeNull();
  });

  it("add up, and say how many rides tell none", () => {
    const rides = [
      aRide({ gpx_file: aTrack({ distance_km: 10, elevation_gain: 100 }) }),
      aRide({ gpx_file: aTrack({ distance_km: 5.5, elevation_gain: null }) }),
      aRide({ gpx_file: null }),
    ];
    expect(totalsOf(rides)).toEqual({
      rides: 3,
      distanceKm: 15.5,
      gainM: 100,
      withoutDistance: 1,
      withoutGain: 2,
    });
  });

  it("are nothing of nothing", () => {
    expect(totalsOf([])).toMatchObject({ rides: 0, distanceKm: 0, gainM: 0 });
  });
});

it("shows a ride once that two pages have, as the later one tells it", () => {
  const [first, second] = [aRide({ trip_id: "1" }), aRide({ trip_id: "2", title: "Before" })];
  const pages = [
    { trips: [first, second] },
    { trips: [aRide({ trip_id: "2", title: "After" }), aRide({ trip_id: "3" })] },
  ];
  const rides = withoutRepeats(pages);
  expect(rides.map(({ trip_id }) => trip_id)).toEqual(["1", "2", "3"]);
  expect(rides[1]?.title).toBe("After");
});
