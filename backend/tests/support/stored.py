"""What lies in a storage, and what is still on its way into it."""

from src.services.storage import Storage


async def keys_of(storage: Storage) -> list[str]:
    return sorted([file.key async for batch in storage.list_files() for file in batch])


def incoming_of(storage: Storage) -> list[str]:
    return [path.name for path in storage.incoming_folder.iterdir()]


async def everything_in(storage: Storage) -> list[str]:
    """All that lies there; the columns that an original has beside it go with it."""
    keys = await keys_of(storage)
    with_columns = {key.removesuffix(".gpx"): key for key in keys if key.endswith(".gpx")}
    alone = []
    for key in keys:
        stem = key.partition(".")[0]
        if key.endswith(".parquet") and with_columns.pop(stem, None) is None:
            alone.append(key)
    return [key for key in keys if key.endswith(".gpx")] + alone + incoming_of(storage)


async def store(storage: Storage, key: str, data: bytes) -> None:
    async with storage.receive() as incoming:
        await incoming.append(data)
        await incoming.keep(key)
