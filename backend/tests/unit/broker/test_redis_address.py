import pytest

from src.broker.redis_address import SentinelAddress, complete, parse_sentinel


def test_the_address_of_a_server_stays_as_it_is() -> None:
    for url in ("", "redis://localhost:6379/0", "rediss://:p%40ss@redis.example.com/1"):
        assert complete(url) == url


def test_what_one_sentinel_tells_of_the_master_is_told_by_all() -> None:
    url = "sentinel://worker:p%40ss@one:26379;sentinel://two:26380; sentinel://three/2"
    assert complete(url) == (
        "sentinel://worker:p%40ss@one:26379/2;"
        "sentinel://worker:p%40ss@two:26380/2;"
        "sentinel://worker:p%40ss@three/2"
    )
    assert complete(complete(url)) == complete(url)
    assert complete("sentinel://one") == "sentinel://one/0"


def test_a_sentinel_address_tells_nodes_account_and_database() -> None:
    url = "sentinel://:p%40ss@one:26380/2;sentinel://two/2"
    nodes = (("one", 26380), ("two", 26379))
    assert parse_sentinel(url) == SentinelAddress(nodes, None, "p@ss", 2)
    assert parse_sentinel("sentinel://one") == SentinelAddress((("one", 26379),), None, None, 0)


@pytest.mark.parametrize(
    "url",
    [
        "sentinel://",
        "sentinel://one;redis://two",
        "sentinel://one;two:26379",
        "sentinel://one:port",
        "sentinel://one/zero",
    ],
)
def test_an_address_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"sentinel|Port|int"):
        complete(url)
