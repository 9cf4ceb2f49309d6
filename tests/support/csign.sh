# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# csign as a build host has it, for tests that have read case.sh and have a
# service in DIR:
#
#	csign_env DIR [CLIENT]		its environment: where the service is
#	csign WORD...			it, in the shell that SHELL_OF names
#	signs WORD...			the same, or the case has failed: 77
#					would skip it
#	works COMMAND...		so for any other command
#	refused COMMAND...		it fails; after `!' nothing would stop
#	only NAME...			nothing else is in the folder
#	csign_wrap NAME <SCRIPT		a program that stands for ssh; in it
#					"$REAL_SSH" is the words of ssh

CSIGN=$TOP/scripts/csign
SHELL_OF=${SHELL_OF:-dash}

csign_env() { # DIR [CLIENT]
	CSIGN_SSH="ssh $(ssh_options "$1" "${2:-build01}" | tr '\n' ' ')"
	CSIGN_HOST=127.0.0.1
	# Nothing of whoever runs the tests.
	unset CSIGN_KEY CSIGN_FORMAT CSIGN_PIN CSIGN_HASH CSIGN_NAME
	export CSIGN_SSH CSIGN_HOST
}

csign() { # WORD...
	# shellcheck disable=SC2086 # "busybox sh" is two words
	$SHELL_OF "$CSIGN" "$@"
}

csign_wrap() { # NAME <SCRIPT
	export REAL_SSH=$CSIGN_SSH
	{
		echo '#!/bin/bash'
		cat
	} >"$DIR/$1"
	chmod 0755 "$DIR/$1"
	export CSIGN_SSH=$DIR/$1
}

signs() { # WORD...
	works csign "$@"
}

works() { # COMMAND...
	local status=0
	"$@" || status=$?
	[ $status = 0 ] || fail "$*: exit $status"
}

only() { # NAME...
	local found
	readarray -d '' found < <(find . -mindepth 1 -printf '%P\0')
	expect "files left" "$(printf '%q\n' "$@" | sort)" \
	    "$(printf '%q\n' "${found[@]}" | sort)"
}

refused() { # COMMAND...
	if "$@"; then
		fail "passed: $*"
	fi
}
