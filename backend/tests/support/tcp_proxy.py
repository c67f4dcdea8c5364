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
_NARROW_BYTES = 32 * 1024
Alter = Callable[[bytes], bytes]


class TcpProxy:
    """Hands bytes to and fro between its own port of this machine and another one."""

    def __init__(
        self, target_port: int, alter: Alter = bytes, bytes_per_s: float | None = None
    ) -> None:
        """With `bytes_per_s` it is as narrow as a phone's connection in the mountains."""
        self._alter = alter
        self._bytes_per_s = bytes_per_s
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        if bytes_per_s is not None:
            # What the system takes on its own account looks sent to whoever sends it: it takes
            # little at a time, as from outside of this machine.
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW_BYTES)
            self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1_400)
        self.port: int = self._listener.getsockname()[1]
        self._peers: dict[socket.socket, socket.socket] = {}
        self._silent: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._ended = threading.Event()
        self._is_cut = False
        self._orders: list[tuple[Callable[[], None], threading.Event]] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def connections(self) -> int:
        """How many connections are open and not silent."""
        return len(self._peers) // 2

    def silence(self) -> None:
        """From now on nothing passes through the connections of now, and they stay open."""
        self._carry_out(self._forget_all)

    def cut(self) -> None:
        """All connections end in the middle of whatever they carry, and new ones at once."""
        self._is_cut = True
        self._carry_out(self._close_all)

    def mend(self) -> None:
        self._is_cut = False

    def narrow(self, bytes_per_s: float | None) -> None:
        """From now on so much passes; with None as much as this machine can."""
        self._bytes_per_s = bytes_per_s

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
            while self._orders:
                order, done = self._orders.pop()
                order()
                done.set()

    def _carry_out(self, order: Callable[[], None]) -> None:
        done = threading.Event()
        self._orders.append((order, done))
        while not done.wait(_TICK_S) and self._thread.is_alive():
            pass

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        if self._is_cut:
            near.close()
            return
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
            data = end.recv(_NARROW_BYTES if self._bytes_per_s else _CHUNK_BYTES)
        if self._bytes_per_s:
            self._ended.wait(len(data) / self._bytes_per_s)
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

    def _close_all(self) -> None:
        for end in self._peers:
            self._selector.unregister(end)
            end.close()
        self._peers = {}

    def _forget_all(self) -> None:
        for end in self._peers:
            self._selector.unregister(end)
        self._silent += self._peers
        self._peers = {}


@contextmanager
def tcp_proxy(
    target_port: int, alter: Alter = bytes, bytes_per_s: float | None = None
) -> Iterator[TcpProxy]:
    proxy = TcpProxy(target_port, alter, bytes_per_s)
    try:
        yield proxy
    finally:
        proxy.close()
