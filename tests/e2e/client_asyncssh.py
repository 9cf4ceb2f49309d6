# SPDX-License-Identifier: Apache-2.0
"""ssh as a program with asyncssh inside does it.

usage: client_asyncssh.py PORT USER KEY KNOWN_HOSTS HOST COMMAND
           [CHANNELS [REKEY_BYTES]]

KEY may be several with commas, which are then proven one after another.
Standard input goes to the command; its output, errors and exit status are
ours.  With CHANNELS the command runs that many times at once over the one
connection, each with the whole input, and the outputs follow one another.
255: no connection or no login.
"""
import asyncio
import sys

import asyncssh


async def run(connection, command, text):
    """As connection.run(), but a refusal may come before the input is sent."""
    process = await connection.create_process(command, encoding=None)
    try:
        process.stdin.write(text)
        process.stdin.write_eof()
    except BrokenPipeError:
        pass
    return await process.wait()


async def main(
    port, user, key, known_hosts, host, command, channels="1", rekey="1G"
):
    text = sys.stdin.buffer.read()
    try:
        connection = await asyncssh.connect(
            "127.0.0.1",
            int(port),
            username=user,
            client_keys=key.split(","),
            known_hosts=known_hosts,
            host_key_alias=host,
            agent_path=None,
            config=None,
            rekey_bytes=rekey,
        )
    except (asyncssh.Error, OSError) as error:
        print("client_asyncssh:", error, file=sys.stderr)
        return 255
    async with connection:
        done = await asyncio.gather(
            *(
                run(connection, command, text)
                for _ in range(int(channels))
            )
        )
    for process in done:
        sys.stdout.buffer.write(process.stdout)
        sys.stderr.buffer.write(process.stderr)
    # None: the connection ended before the command did.
    return max(
        255 if process.exit_status is None else process.exit_status
        for process in done
    )


sys.exit(asyncio.run(main(*sys.argv[1:])))
