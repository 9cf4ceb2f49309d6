#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A network that can be cut: passes the bytes of connections both ways.

usage: relay.py LISTEN CONNECT     two ports of 127.0.0.1; LISTEN may be 0

Says "port N" once it listens.  To be killed (the connections are reset) or
stopped (they hang) by whoever started it.
"""
import asyncio
import socket
import sys


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def carry(reader, writer):
    try:
        there = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))


async def main():
    server = await asyncio.start_server(
        carry, "127.0.0.1", int(sys.argv[1]), reuse_address=True,
        family=socket.AF_INET)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
