"""What lies in a storage, and what is still on its way into it."""

from src.services.storage import Storage


async def keys_of(storage: Storage) -> list[str]:
    return sorted([file.key async for batch in storage.list_files() for file in batch])


def incoming_of(storage: Storage) -> list[str]:
    return [path.name for path in storage.incoming_folder.iterdir()]


async def everything_in(storage: Storage) -> list[str]:
    return await keys_of(storage) + incoming_of(storage)


async def store(storage: Storage, key: str, data: bytes) -> None:
    async with storage.receive() as incoming:
        await incoming.append(data)
        await incoming.keep(key)
