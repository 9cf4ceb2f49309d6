# SPDX-License-Identifier: Apache-2.0
"""The peers: a private sshd with forced commands, and the libssh floor."""
import os

from procs import Failed, Group
from stage import TOKEN, free_port, public_line, write

P11_KIT_CLIENT = "pkcs11/p11-kit-client.so"

# "KIND KEY" comes as the command; each kind is one peer.
FORCED = """#!/bin/bash
export SOFTHSM2_CONF={conf} PKCS11_MODULE_PATH={module} LC_ALL=C
read -r kind key <<<"$SSH_ORIGINAL_COMMAND"
case $kind in
engine)
	read -r hex name
	for ((i = 0; i < 64; i += 2)); do esc+="\\\\x${{hex:i:2}}"; done
	opt=()
	[[ $key == rsa* ]] && opt=(-pkeyopt digest:sha256)
	sig=$(printf "$esc" | openssl pkeyutl -engine pkcs11 -keyform engine \\
	    -inkey "pkcs11:token={token};object=$key;type=private;pin-value=$(<{pin})" \\
	    -sign "${{opt[@]}}" 2>/dev/null | base64 -w0)
	[[ -n $sig ]] || exit 69
	printf '%s  %s  %s\\n' "$hex" "$sig" "$name"
	;;
lines)
	exec {signer} lines -m {module} -l {token} -P {pin} -k "$key"
	;;
remote)
	exec p11-kit remote {module}
	;;
esac
"""

# Below a shell level of 2, bash reads its start-up files under sshd, which
# may take longer than everything that is to be compared.
SSHD_CONFIG = """SetEnv SHLVL=2
ListenAddress 127.0.0.1
Port {port}
HostKey {host}
AuthorizedKeysFile {keys}
PidFile none
UsePAM no
UseDNS no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
PrintMotd no
MaxStartups 1000
MaxSessions 100
LogLevel ERROR
ForceCommand {forced}
"""


def sshd_path():
    for path in ("/usr/sbin/sshd", "/usr/local/sbin/sshd"):
        if os.access(path, os.X_OK):
            return path
    raise Failed("no sshd (package openssh-server)")


class Sshd:
    def __init__(self, stage, name="sshd", more_keys=()):
        self.stage = stage
        self.name = name
        self.dir = stage.path(name)
        self.port = free_port()
        self.user = stage.user
        self.group = None
        forced = f"{self.dir}/forced"
        write(forced, FORCED.format(
            conf=stage.env["SOFTHSM2_CONF"], module=stage.module,
            token=TOKEN, pin=stage.pin, signer=stage.tool("bench_token")),
            0o755)
        write(f"{self.dir}/keys",
              "\n".join([*more_keys, public_line(stage.key)]) + "\n")
        write(f"{self.dir}/config", SSHD_CONFIG.format(
            port=self.port, host=stage.path("host"), keys=f"{self.dir}/keys",
            forced=forced))

    def spawn(self):
        if self.stage.root:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        self.group = Group(self.stage.tool("bench_group"),
                           [sshd_path(), "-D", "-e", "-f",
                            f"{self.dir}/config"],
                           log=f"{self.dir}/log", env=self.stage.env)

    def stop(self):
        self.group.stop()


class Floor:
    """libssh and nothing else; answers are as long as the key's."""

    def __init__(self, stage, size):
        self.stage = stage
        self.user = stage.user
        self.group = Group(stage.tool("bench_group"),
                           [stage.tool("bench_floor"), stage.path("host"),
                            str(size)],
                           log=stage.path(f"floor{size}.log"), env=stage.env)
        self.port = int(self.group.wait_line(r"port (\d+)")[1])


def p11_kit_client():
    for base in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
                 "/usr/lib"):
        path = f"{base}/{P11_KIT_CLIENT}"
        if os.path.exists(path):
            return path
    raise Failed("no p11-kit-client.so (package p11-kit-modules)")
