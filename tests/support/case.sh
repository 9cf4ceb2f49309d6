# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What a test of the whole service begins with.  A test is a bash script whose
# functions are sentences, and whose last line is `cases NAME...'.  It is
# called with the folder of the programs; it prints a line for each case:
# "ok NAME", "FAIL NAME" or "skip NAME".  DIR is its own folder.

set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
B=$(cd "${1:-$TOP/build/release}" && pwd)
# Debian's own, whatever else is first in the PATH.
export PYTHON=/usr/bin/python3
# shellcheck source=tests/support/instance.sh
. "$TOP/tests/support/instance.sh"

DIR=$(instance_folder) || exit
INSTANCE_REMOVE=$DIR
trap instance_cleanup EXIT
trap 'exit 130' INT TERM

# Ends a case that cannot be run here, with the reason.
skip() {
	echo "$*"
	exit 77
}

fail() {
	echo "$*" >&2
	exit 1
}

expect() { # WHAT WANTED GOT
	[ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"
}

expect_match() { # WHAT PATTERN GOT
	# shellcheck disable=SC2053 # a pattern
	[[ $3 == $2 ]] || fail "$1: wanted $2, got '$3'"
}

# Runs a command; keeps its output in $OUT and $ERR (files).
expect_exit() { # STATUS COMMAND...
	local wanted=$1 got=0
	shift
	OUT=$DIR/out.$BASHPID ERR=$DIR/err.$BASHPID
	"$@" >"$OUT" 2>"$ERR" || got=$?
	[ "$got" = "$wanted" ] ||
	    fail "$*: wanted exit $wanted, got $got: $(tail -n 5 "$ERR")"
}

one_case() {
	set -e
	INSTANCE_REMOVE=
	INSTANCE_PIDS=
	trap instance_cleanup EXIT
	"$1"
}

# Each case in its own subshell, so that none can spoil the next.
cases() { # NAME...
	local name status failed=0
	for name; do
		(one_case "$name") >"$DIR/.case" 2>&1
		status=$?
		case $status in
		0) echo "ok $name" ;;
		77) echo "skip $name: $(tail -n 1 "$DIR/.case")" ;;
		*)
			echo "FAIL $name (status $status)"
			sed 's/^/    /' "$DIR/.case" | tail -n 20
			[ ! -e "$DIR/service.log" ] ||
			    tail -n 8 "$DIR/service.log" | sed 's/^/    > /'
			failed=1
			;;
		esac
	done
	return $failed
}

# An instance in DIR that all cases share, or the test ends.
shared_service() { # TYPE...
	if ! instance_new "$DIR" "$@" || ! instance_start "$DIR"; then
		echo "FAIL the service does not start"
		exit 1
	fi
}

# count lines "HEX  NAME", each another digest (whose digits are decimal: not
# every awk has large numbers in hex).
digest_lines() { # COUNT
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		printf "%032d%032d  build/%08d.bin\n", i + 1, i * 7919, i }'
}

# How many records of an event the service wrote.
records() { # DIR EVENT
	grep -c " $2 \[countersign@" "$1/log/audit.log" || :
}

# The first process below the given one whose command line begins with NAME.
process_named() { # PID NAME
	local pid
	for pid in $(instance_tree "$1"); do
		case $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) in
		"$2"*)
			echo "$pid"
			return
			;;
		esac
	done
	return 1
}
