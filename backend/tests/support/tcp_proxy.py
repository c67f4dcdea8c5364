"""A TCP proxy whose connections can go silent, as those through a forgetful router do.

It can also change what passes through it, as a bad cable does.
"""

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_TICK_S = 0.05
_CHUNK_BYTES = 256 * 1024
Alter = Callable[[bytes], bytes]


class TcpProxy:
    """Hands bytes to and fro between its own port of this machine and another one."""

    def __init__(self, target_port: int, alter: Alter = bytes) -> None:
        self._alter = alter
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._peers: dict[socket.socket, socket.socket] = {}
        self._silent: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._ended = threading.Event()
        self._silence = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def connections(self) -> int:
        """How many connections are open and not silent."""
        return len(self._peers) // 2

    def silence(self) -> None:
        """From now on nothing passes through the connections of now, and they stay open."""
        self._silence.set()
        while self._silence.is_set() and self._thread.is_alive():
            self._ended.wait(_TICK_S)

    def close(self) -> None:
        self._ended.set()
        self._thread.join(timeout=10)
        for end in (self._listener, *self._peers, *self._silent):
            end.close()
        self._selector.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(_TICK_S):
                end = key.fileobj
                assert isinstance(end, socket.socket)
                if end is self._listener:
                    self._accept()
                elif end in self._peers:
                    self._pass_on(end)
            if self._silence.is_set():
                self._forget_all()
                self._silence.clear()

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        try:
            far = socket.create_connection(self._target, timeout=5)
        except OSError:
            near.close()
            return
        self._peers |= {near: far, far: near}
        for end in (near, far):
            self._selector.register(end, selectors.EVENT_READ)

    def _pass_on(self, end: socket.socket) -> None:
        data = b""
        with suppress(OSError):
            data = end.recv(_CHUNK_BYTES)
        try:
            if data:
                self._peers[end].sendall(self._alter(data))
                return
        except OSError:
            pass
        for side in (end, self._peers[end]):
            self._selector.unregister(side)
            del self._peers[side]
            side.close()

    def _forget_all(self) -> None:
        for end in self._peers:
            self._selector.unregister(end)
        self._silent += self._peers
        self._peers = {}


@contextmanager
def tcp_proxy(target_port: int, alter: Alter = bytes) -> Iterator[TcpProxy]:
    proxy = TcpProxy(target_port, alter)
    try:
        yield proxy
    finally:
        proxy.close()
