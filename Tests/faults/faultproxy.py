#!/usr/bin/env python3
"""A proxy of bytes that can be told to fail: faultproxy.py LISTEN TARGET CONTROL.

Each of the three is a port of loopback or the path of a unix socket: put it before PostgreSQL
(a path /folder/.s.PGSQL.5432) and nothing of the test is open to other users of the machine.

A connection to CONTROL sends one line and reads "ok":
    up                passes everything on, and forgets delay, cut and rate
    down              resets every connection, and each new one
    hang              accepts, passes nothing on
    dropreply         passes requests on and swallows the answers
    delay MS          holds every piece back for so long
    cut N             resets all connections after N more bytes
    rate N            passes on N bytes a second
"""
import asyncio
import socket
import struct
import sys


class Proxy:
    """The state that CONTROL changes, and the connections that live."""

    def __init__(self, target):
        self.target = target
        self.mode = "up"
        self.delay = 0
        self.cut = None
        self.rate = 0
        self.live = set()

    def reset(self, writer):
        """Ends a connection without a goodbye."""
        try:
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        writer.transport.abort()

    def reset_all(self):
        """Ends every connection without a goodbye."""
        for writer in list(self.live):
            self.reset(writer)

    async def pump(self, reader, writer, is_answer):
        """Passes one direction on until it ends or is made to fail."""
        try:
            while data := await reader.read(16_384):
                while self.mode == "hang":
                    await asyncio.sleep(0.05)
                if self.delay:
                    await asyncio.sleep(self.delay / 1_000)
                if self.rate:
                    await asyncio.sleep(len(data) / self.rate)
                if is_answer and self.mode == "dropreply":
                    continue
                if self.cut is not None:
                    data = data[:max(0, self.cut)]
                    self.cut -= len(data)
                    if self.cut <= 0:
                        writer.write(data)
                        self.cut = None
                        self.reset_all()
                        return
                writer.write(data)
                await writer.drain()
            # Either side's end is the end of both: PostgreSQL knows no half-closed connection.
            writer.close()
        except (OSError, RuntimeError):
            self.reset(writer)

    async def accept(self, reader, writer):
        """One connection from LISTEN."""
        if self.mode == "down":
            return self.reset(writer)
        try:
            far_reader, far_writer = await connect(self.target)
        except OSError:
            return self.reset(writer)
        self.live.update((writer, far_writer))
        await asyncio.gather(
            self.pump(reader, far_writer, False), self.pump(far_reader, writer, True))
        self.live.difference_update((writer, far_writer))
        writer.close()
        far_writer.close()

    async def command(self, reader, writer):
        """One connection from CONTROL."""
        words = (await reader.readline()).decode().split()
        match words:
            case ["up"]:
                self.mode, self.delay, self.cut, self.rate = "up", 0, None, 0
            case [("down" | "hang" | "dropreply") as mode]:
                self.mode = mode
                if mode == "down":
                    self.reset_all()
            case ["delay", number]:
                self.delay = int(number)
            case ["cut", number]:
                self.cut = int(number)
            case ["rate", number]:
                self.rate = int(number)
            case _:
                words = []
        writer.write(b"ok\n" if words else b"unknown\n")
        writer.close()


async def connect(place):
    """A connection to a port or a path."""
    if place.isdigit():
        return await asyncio.open_connection("127.0.0.1", int(place))
    return await asyncio.open_unix_connection(place)


async def listen(handler, place):
    """A server at a port or a path."""
    if place.isdigit():
        return await asyncio.start_server(handler, "127.0.0.1", int(place))
    return await asyncio.start_unix_server(handler, place)


async def main():
    """Serves until it is killed."""
    proxy = Proxy(sys.argv[2])
    servers = [await listen(proxy.accept, sys.argv[1]), await listen(proxy.command, sys.argv[3])]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main())
