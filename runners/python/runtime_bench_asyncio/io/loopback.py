"""TCP on loopback, with the same socket options as for the built-in runners."""

from __future__ import annotations

import socket
import struct

HOST = "127.0.0.1"
#: Backlog of pending connections.
BACKLOG = 4_096
#: Send and receive buffers: room for a message of every size in the catalog.
BUFFER = 64 * 1_024


def listen() -> socket.socket:
    """Listens on a new port. Accepted connections inherit the options."""
    listener = _socket()
    listener.bind((HOST, 0))
    listener.listen(BACKLOG)
    return listener


def listen_together(sockets: int) -> list[socket.socket]:
    """Several sockets on one free port. The kernel distributes the connections among them."""
    listeners: list[socket.socket] = []
    for _ in range(sockets):
        listener = _socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((HOST, listeners[0].getsockname()[1] if listeners else 0))
        listener.listen(BACKLOG)
        listeners.append(listener)
    return listeners


def close_by_reset(listener: socket.socket) -> socket.socket:
    """Accepted connections close with a reset, so none lingers in the kernel for the next runner."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return listener


def connect(address: tuple[str, int]) -> socket.socket:
    """Connects."""
    client = _socket()
    client.connect(address)
    return client


def name(listener: socket.socket) -> str:
    """Its address, in the format of the protocol."""
    host, port = listener.getsockname()
    return f"{host}:{port}"


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    return made
