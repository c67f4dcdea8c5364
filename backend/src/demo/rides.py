"""The three rides of the demo: a pass, rolling hills with sensors, a flat tour with a ferry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from src.demo.riding import Recording, Rider, gpx_of, ride
from src.demo.roads import mountain_pass, rolling_loop, through

_FERRY_MINUTES = 34.0


@dataclass(frozen=True, slots=True)
class DemoRide:
    title: str
    description: str
    start_date: date
    difficulty: str
    record: Callable[[], Sequence[Recording]]

    @property
    def file_name(self) -> str:
        return f"{self.start_date:%Y-%m-%d}.gpx"

    def gpx(self) -> bytes:
        """The same bytes each time."""
        return gpx_of(self.title, self.record())


def _pass() -> Sequence[Recording]:
    rng = np.random.default_rng(11)
    road = mountain_pass((42.553, -0.547), rng)
    rider = Rider(power_w=165, fastest_kmh=56, halts=[(9.1, 3), (21.6, 11)])
    return [ride(road, rider, _morning(2026, 6, 13, 6.4), rng)]


def _hills() -> Sequence[Recording]:
    rng = np.random.default_rng(23)
    road = rolling_loop((42.431, -2.706), 68.0, rng)
    rider = Rider(power_w=168, fastest_kmh=62, halts=[(37.4, 9)])
    return [ride(road, rider, _morning(2026, 5, 24, 6.9), rng, sensors=True)]


def _ferry() -> Sequence[Recording]:
    rng = np.random.default_rng(37)
    before = [(51.4988, 3.6109), (51.4870, 3.5560), (51.4660, 3.5330), (51.4443, 3.5972)]
    behind = [
        (51.3972, 3.5712),
        (51.4035, 3.5010),
        (51.3790, 3.4080),
        (51.3084, 3.3874),
        (51.2515, 3.2811),
        (51.2093, 3.2247),
    ]
    rider = Rider(power_w=72, fastest_kmh=31)
    first = ride(through(before, rng), rider, _morning(2026, 4, 18, 7.6), rng)
    # While the ship crosses, the recorder is off.
    ashore_s = float(first.time_s[-1]) + 60 * _FERRY_MINUTES
    rested = Rider(power_w=72, fastest_kmh=31, halts=[(17.5, 22)])
    return [first, ride(through(behind, rng), rested, ashore_s, rng)]


def _morning(year: int, month: int, day: int, hour: float) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp() + 3600 * hour


DEMO_RIDES = (
    DemoRide(
        "Del valle al puerto, y a la otra vertiente",
        "Nueve kilómetros de valle para calentar y doce de puerto con herraduras hasta los 1.800 m;"
        " arriba, viento y un bocadillo. Es una ruta de demostración: la carretera es inventada.",
        date(2026, 6, 13),
        "difficult",
        _pass,
    ),
    DemoRide(
        "Colinas y viñedos, sin un metro llano",
        "Una vuelta de repechos entre viñas, con pulso, cadencia, potencia y temperatura. Es una"
        " ruta de demostración: ni la carretera ni el ciclista existen.",
        date(2026, 5, 24),
        "moderate",
        _hills,
    ),
    DemoRide(
        "Diques, un ferri y canales hasta Brujas",
        "Llano de principio a fin, con el ferri de por medio: la grabación se para al embarcar y"
        " sigue al otro lado. Es una ruta de demostración, generada por el propio servicio.",
        date(2026, 4, 18),
        "easy",
        _ferry,
    ),
)
