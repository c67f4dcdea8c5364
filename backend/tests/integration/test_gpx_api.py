from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx


async def test_an_upload_is_accepted_and_becomes_a_track(ana: Cyclist) -> None:
    trip_id = await ana.new_trip()
    accepted = data_of(await ana.upload(trip_id, build_gpx(points=500)), 202)
    assert accepted["processing_status"] == "processing"
    assert accepted["distance_km"] is None

    status = data_of(await ana.request("GET", f"/gpx/{accepted['gpx_file_id']}/status"), 200)
    assert status["processing_status"] == "completed"
    assert (status["stage"], status["progress"], status["mode"]) == ("done", 100, "background")

    track = data_of(await ana.request("GET", f"/gpx/{accepted['gpx_file_id']}/track"), 200)
    assert track["simplified_points_count"] == len(track["trackpoints"])
