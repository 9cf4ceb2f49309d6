# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# A whole service in one folder, for the quick start, the tests and the
# benches.  Set TOP to the source tree and B to the programs' folder, then:
#
#	instance_new DIR [TYPE...]	tree, token, a key of each type, clients
#	instance_start DIR [OPTION...]	returns when it is ready: PORT and PID
#	instance_audit DIR		an audit key, for checkpoints and receipts
#	instance_stop DIR		SIGTERM; fails unless it exits 0
#	sign_ssh DIR [COMMAND...]	stock ssh, as the client build01
#	sign_as DIR CLIENT [COMMAND...]	as another client of the folder
#
# Nothing outlives the script that has `trap instance_cleanup EXIT'.
#
# DIR must be a path that the service's users can reach: as root they are
# other users.  Everything that they need to read is copied or made there.

CTL=$B/countersignctl
# shellcheck source=tests/support/token.sh
. "$TOP/tests/support/token.sh"

INSTANCE_PIDS=
INSTANCE_TYPES="rsa:3072 p256"
# shellcheck disable=SC2034 # for tests
INSTANCE_USERS="_countersign-net _countersign _countersign-token _countersign-lists"

# A fresh folder below TMPDIR that other users can pass through.
instance_folder() {
	instance_made=$(mktemp -d "${TMPDIR:-/tmp}/countersign.XXXXXX") ||
	    return
	chmod 0755 "$instance_made" || return
	echo "$instance_made"
}

# rsa:3072 becomes rsa3072: a key's name in these trees.
instance_key_name() {
	echo "$1" | tr -d :
}

instance_conf() { # DIR
	cat >"$1/countersign.conf" <<-END
		# A whole service in this folder, on a free port.
		[server]
		listen = 127.0.0.1:0
		host-key = ssh_host_ed25519_key
		state-dir = state
		run-dir = run

		[audit]
		file = log/audit.log
	END
	mkdir -p "$1/tokens.d" "$1/keys.d" "$1/profiles.d" \
	    "$1/authorized_keys.d" || return
	cat >"$1/tokens.d/demo.conf" <<-END
		[token demo]
		module = $TOKEN_MODULE
		token = demo
		pin-file = ../token/pin
		workers = 2
		environment = SOFTHSM2_CONF=../token/softhsm2.conf
	END
}

# A section for each key, and a profile that may use them all.
instance_keys() { # DIR TYPE...
	instance_at=$1
	instance_names=
	shift
	for instance_type; do
		instance_name=$(instance_key_name "$instance_type")
		instance_names="$instance_names $instance_name"
		cat <<-END
			[key $instance_name]
			token = demo
			object = pkcs11:object=$instance_name
			use = raw

		END
	done >"$instance_at/keys.d/demo.conf"
	cat >"$instance_at/profiles.d/demo.conf" <<-END
		[profile ci]
		keys =$instance_names
		default = sign -k ${instance_names##* } -f raw
	END
}

# Its token has the key in any case.
instance_audit() { # DIR
	cat >"$1/keys.d/audit.conf" <<-END
		# Signs checkpoints of the audit log; no client can use it.
		[key audit]
		token = demo
		object = pkcs11:object=audit
		use = audit
	END
}

# A client key whose principal is CLIENT, with PROFILE.
instance_client() { # DIR CLIENT PROFILE [TYPE]
	mkdir -p "$1/client" || return
	ssh-keygen -q -t "${4:-ed25519}" -N '' -C "$2" -f "$1/client/$2" ||
	    return
	printf 'profile="%s" ' "$3" >>"$1/authorized_keys.d/clients" || return
	cat "$1/client/$2.pub" >>"$1/authorized_keys.d/clients"
}

# Keys take seconds to make: a test run makes them once, in INSTANCE_TOKEN.
instance_token() { # DIR TYPE...
	instance_at=$1
	shift
	if [ -n "${INSTANCE_TOKEN:-}" ]; then
		cp -R "$INSTANCE_TOKEN" "$instance_at/token" || return
		token_unseal "$instance_at/token" || return
		sed -i "s|^directories.tokendir.*|directories.tokendir = \
$instance_at/token/tokens|" "$instance_at/token/softhsm2.conf" || return
	else
		token_make "$instance_at/token" demo || return
		for instance_type; do
			token_key "$instance_at/token" demo \
			    "$(instance_key_name "$instance_type")" \
			    "$instance_type" || return
		done
		token_key "$instance_at/token" demo audit ed25519 || return
	fi
	chmod 0755 "$instance_at/token" || return
	if [ "$(id -u)" = 0 ]; then
		token_seal "$instance_at/token" _countersign-token
	else
		token_seal "$instance_at/token"
	fi
}

instance_new() { # DIR [TYPE...]
	instance_dir=$1
	shift
	# shellcheck disable=SC2086 # one word a type
	[ $# -gt 0 ] || set -- $INSTANCE_TYPES
	if [ "$(id -u)" = 0 ]; then
		"$TOP/scripts/make-users" || return
	fi
	(
		umask 022
		mkdir -p "$instance_dir" || exit
		instance_conf "$instance_dir" || exit
		instance_keys "$instance_dir" "$@" || exit
		ssh-keygen -q -t ed25519 -N '' -C host \
		    -f "$instance_dir/ssh_host_ed25519_key" || exit
		instance_client "$instance_dir" build01 ci || exit
		instance_token "$instance_dir" "$@" >/dev/null || exit
		# The port is not known yet; ssh looks the key up by this name.
		printf 'countersign %s\n' \
		    "$(cut -d ' ' -f 1,2 \
			"$instance_dir/ssh_host_ed25519_key.pub")" \
		    >"$instance_dir/client/known_hosts"
	)
}

# Until COMMAND succeeds, at most SECONDS.
wait_for() { # SECONDS COMMAND...
	wait_rounds=$(($1 * 50))
	shift
	until "$@"; do
		[ $((wait_rounds -= 1)) -gt 0 ] || return 1
		sleep 0.02
	done
}

instance_is_up() {
	grep -q '^countersignd: ready' "$instance_dir/service.log" ||
	    ! kill -0 "$PID" 2>/dev/null
}

instance_start() { # DIR [OPTION...]
	instance_dir=$1
	shift
	: >"$instance_dir/service.log" || return
	# INSTANCE_RUN: a command that runs another, to start it differently.
	# shellcheck disable=SC2086 # its words
	${INSTANCE_RUN:-} "$B/countersignd" -D "$@" -C "$instance_dir" \
	    </dev/null >/dev/null 2>>"$instance_dir/service.log" &
	PID=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $PID"
	if ! wait_for "${INSTANCE_PATIENCE:-20}" instance_is_up ||
	    ! kill -0 "$PID" 2>/dev/null; then
		cat "$instance_dir/service.log" >&2
		return 1
	fi
	PORT=$(sed -n 's/^countersignd: ready.* port \([0-9]*\)$/\1/p' \
	    "$instance_dir/service.log" | head -n 1)
	echo "$PORT" >"$instance_dir/port"
	echo "$PID" >"$instance_dir/pid"
}

# The descendants of the given processes, and these.
instance_tree() { # PID...
	for instance_pid; do
		echo "$instance_pid"
		# shellcheck disable=SC2046 # one word a process
		instance_tree $(cat "/proc/$instance_pid/task/"*/children \
		    2>/dev/null)
	done
}

instance_stop() { # DIR
	instance_pid=$(cat "$1/pid") || return
	instance_all=$(instance_tree "$instance_pid")
	kill "$instance_pid" 2>/dev/null
	instance_status=0
	wait "$instance_pid" || instance_status=$?
	if [ "$instance_status" != 0 ]; then
		echo "countersignd exited with $instance_status:" >&2
		tail -n 20 "$1/service.log" >&2
		return 1
	fi
	for instance_pid in $instance_all; do
		if kill -0 "$instance_pid" 2>/dev/null; then
			echo "process $instance_pid outlived the service" >&2
			return 1
		fi
	done
}

# For trap: ends what was started, whatever state it is in.
instance_cleanup() {
	instance_status=$?
	set +e
	trap '' INT TERM
	for instance_pid in $INSTANCE_PIDS; do
		kill -0 "$instance_pid" 2>/dev/null || continue
		instance_all=$(instance_tree "$instance_pid")
		# shellcheck disable=SC2086 # one word a process
		kill -KILL $instance_all 2>/dev/null
		wait "$instance_pid" 2>/dev/null
	done
	if [ -n "${INSTANCE_REMOVE:-}" ]; then
		token_unseal "$INSTANCE_REMOVE/token" 2>/dev/null
		rm -rf "$INSTANCE_REMOVE"
	fi
	exit "$instance_status"
}

# What every stock client of an instance needs to say, one word a line.
ssh_options() { # DIR CLIENT
	printf '%s\n' -F none -p "$(cat "$1/port")" \
	    -l "${SIGN_USER:-sign}" \
	    -i "$1/client/$2" -o IdentitiesOnly=yes -o IdentityAgent=none \
	    -o BatchMode=yes -o StrictHostKeyChecking=yes \
	    -o HostKeyAlias=countersign -o LogLevel=ERROR \
	    -o UserKnownHostsFile="$1/client/known_hosts" \
	    -o GlobalKnownHostsFile=/dev/null
}

sign_as() { # DIR CLIENT [COMMAND...]
	sign_dir=$1
	sign_client=$2
	shift 2
	# shellcheck disable=SC2046,SC2086,SC2029 # no option has a blank
	ssh $(ssh_options "$sign_dir" "$sign_client") ${SSH_MORE:-} \
	    127.0.0.1 "$@"
}

sign_ssh() { # DIR [COMMAND...]
	sign_dir=$1
	shift
	sign_as "$sign_dir" build01 "$@"
}
