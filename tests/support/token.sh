# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# A SoftHSM token with keys, all in one folder, for the quick start, the tests
# and the benches:
#
#	token_make DIR LABEL        DIR/softhsm2.conf, DIR/tokens, DIR/pin
#	token_key DIR LABEL NAME TYPE
#	token_seal DIR [USER]       read-only, and readable for USER if given
#
# CTL is the countersignctl to use; TOKEN_MODULE is set here.

CTL=${CTL:-build/release/countersignctl}

TOKEN_MODULE=
for token_module in /usr/lib/softhsm/libsofthsm2.so \
    /usr/lib/*/softhsm/libsofthsm2.so; do
	if [ -z "$TOKEN_MODULE" ] && [ -f "$token_module" ]; then
		TOKEN_MODULE=$token_module
	fi
done

token_ctl() { # DIR ACTION OPTION...
	token_dir=$1
	token_action=$2
	shift 2
	SOFTHSM2_CONF=$token_dir/softhsm2.conf \
	    "$CTL" token "$token_action" --module "$TOKEN_MODULE" "$@"
}

token_make() { # DIR LABEL
	if [ -z "$TOKEN_MODULE" ]; then
		echo "libsofthsm2.so: not found; apt install softhsm2" >&2
		return 1
	fi
	mkdir -p "$1/tokens" || return
	printf '%s\n' "directories.tokendir = $(cd "$1" && pwd)/tokens" \
	    'objectstore.backend = file' 'log.level = ERROR' \
	    >"$1/softhsm2.conf" || return
	token_ctl "$1" init --label "$2" --pin-file "$1/pin" \
	    --so-pin-file "$1/so-pin"
}

token_key() { # DIR LABEL NAME TYPE
	token_ctl "$1" keygen --label "$2" --pin-file "$1/pin" \
	    --name "$3" --type "$4"
}

# SoftHSM 2.6 rewrites token.object in place at each login: a process that is
# killed in that moment leaves an empty file and the token is gone.  One that
# cannot write does not try.  The SO's PIN goes out of the service's reach.
token_seal() { # DIR [USER]
	if [ $# -gt 1 ]; then
		chown -R "root:$(id -g "$2")" "$1/tokens" \
		    "$1/softhsm2.conf" || return
		chown "$2:" "$1/pin" || return
	fi
	find "$1/tokens" -type d -exec chmod 0550 {} + || return
	find "$1/tokens" -type f -exec chmod 0440 {} + || return
	chmod 0444 "$1/softhsm2.conf" || return
	chmod 0400 "$1/pin" "$1/so-pin"
}

# Lets the owner change or remove the token again.
token_unseal() { # DIR
	find "$1/tokens" -type d -exec chmod 0700 {} + &&
	    find "$1/tokens" -type f -exec chmod 0600 {} +
}
