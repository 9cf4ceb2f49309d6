# SPDX-License-Identifier: Apache-2.0
"""ssh as a program with paramiko inside does it.

usage: client_paramiko.py PORT USER KEY KNOWN_HOSTS HOST COMMAND [REKEYS]

KEY may be several with commas, which are then proven one after another.
Standard input goes to the command; its output, errors and exit status are
ours.  With REKEYS the client asks for that many new key exchanges, each after
another part of the input was sent.  255: no connection or no login.
"""
import shutil
import sys
import threading

import paramiko


class Known(paramiko.MissingHostKeyPolicy):
    """The port is free, so the key is known by the service's name."""

    def __init__(self, file, host):
        self.keys = paramiko.HostKeys(file)
        self.host = host

    def missing_host_key(self, client, hostname, key):
        if not self.keys.check(self.host, key):
            raise paramiko.SSHException("another host key")


def send(channel, client, rekeys):
    lines = sys.stdin.buffer.readlines()
    part = len(lines) // (rekeys + 1) + 1
    try:
        for start in range(0, len(lines), part):
            channel.sendall(b"".join(lines[start : start + part]))
            if start + part < len(lines):
                client.get_transport().renegotiate_keys()
        channel.shutdown_write()
    except OSError:
        pass  # It may have been closed while we still send.


def main(port, user, key, known_hosts, host, command, rekeys="0"):
    first, *others = key.split(",")
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(Known(known_hosts, host))
    try:
        client.connect(
            "127.0.0.1",
            int(port),
            user,
            key_filename=first,
            allow_agent=False,
            look_for_keys=False,
            timeout=10,
        )
        # After a partial success connect() thinks that it is done.
        for other in others:
            client.get_transport().auth_publickey(
                user, paramiko.Ed25519Key.from_private_key_file(other)
            )
    except (paramiko.SSHException, OSError) as error:
        print("client_paramiko:", error, file=sys.stderr)
        return 255
    channel = client.get_transport().open_session()
    channel.exec_command(command)
    threads = [
        threading.Thread(target=send, args=(channel, client, int(rekeys))),
        threading.Thread(
            target=shutil.copyfileobj,
            args=(channel.makefile_stderr("rb"), sys.stderr.buffer),
        ),
    ]
    for thread in threads:
        thread.start()
    shutil.copyfileobj(channel.makefile("rb"), sys.stdout.buffer)
    for thread in threads:
        thread.join()
    status = channel.recv_exit_status()
    client.close()
    return status


sys.exit(main(*sys.argv[1:]))
