"""What Prometheus would read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import httpx
from prometheus_client.parser import text_string_to_metric_families


class Scrape:
    """The samples of one answer."""

    def __init__(self, text: str) -> None:
        self._samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    @classmethod
    async def of(cls, client: httpx.AsyncClient, path: str = "/metrics") -> "Scrape":
        response = await client.get(path)
        assert response.status_code == 200, response.text
        return cls(response.text)

    @classmethod
    async def once(
        cls, client: httpx.AsyncClient, is_reached: Callable[["Scrape"], bool]
    ) -> "Scrape":
        """The first answer that is as wanted; a `TimeoutError` after half a minute without."""
        async with asyncio.timeout(30):
            while not is_reached(scrape := await cls.of(client)):
                await asyncio.sleep(0.1)
        return scrape

    def value(self, name: str, **labels: str) -> float:
        """The sample with exactly these labels; 0 where there is none, as before a first event."""
        return self._samples.get((name, frozenset(labels.items())), 0.0)

    def has(self, name: str) -> bool:
        return any(known == name for known, _ in self._samples)

    def label_values(self, name: str, label: str) -> set[str]:
        return set(self._values_of(name, label))

    def _values_of(self, name: str, label: str) -> Iterator[str]:
        for known, labels in self._samples:
            if known == name:
                yield dict(labels)[label]


class Growth:
    """How much a sample has grown: metrics live as long as the process, not as long as a test."""

    def __init__(self, before: Scrape) -> None:
        self._before = before
        self.after = before

    def of(self, name: str, **labels: str) -> float:
        return self.after.value(name, **labels) - self._before.value(name, **labels)


@asynccontextmanager
async def growth(client: httpx.AsyncClient) -> AsyncIterator[Growth]:
    """How much each sample grows while the block runs, to be asked for when it has ended."""
    grown = Growth(await Scrape.of(client))
    yield grown
    grown.after = await Scrape.of(client)
