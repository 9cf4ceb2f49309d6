# SPDX-License-Identifier: Apache-2.0
"""Stands in for a service manager: passes a listening socket, hears the
notifications, connects once, stops the service; prints what it heard and the
exit status."""
import os
import signal
import socket
import subprocess
import sys

heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind("")  # the kernel picks an abstract name
heard.settimeout(20)
port = socket.create_server(("127.0.0.1", 0))


def prepare():
    os.dup2(port.fileno(), 3)
    os.environ["LISTEN_PID"] = str(os.getpid())


name = heard.getsockname()
env = dict(os.environ, NOTIFY_SOCKET="@" + name[1:].decode(), LISTEN_FDS="1")
# LISTEN_PID must be the service's own: a shell that becomes it knows.
service = subprocess.Popen(
    ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"] + sys.argv[1:],
    env=env,
    close_fds=False,
    preexec_fn=prepare,
    stderr=subprocess.PIPE,
)
try:
    print(heard.recv(256).decode().strip())
    client = socket.create_connection(port.getsockname(), timeout=10)
    assert client.recv(4) == b"SSH-", "no banner on the passed socket"
    client.close()
    service.send_signal(signal.SIGTERM)
    print(heard.recv(256).decode().strip())
    print(service.wait(timeout=40))
finally:
    if service.poll() is None:
        service.kill()
