#!/bin/bash
# What people and their tools try with an SSH server that is no shell: each
# gets a clear word and a status, and nothing of it is honoured.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

shared_service p256
cat >"$DIR/config" <<END
Host signer
	HostName 127.0.0.1
	Port $PORT
	User sign
	IdentityFile $DIR/client/build01
	IdentitiesOnly yes
	IdentityAgent none
	BatchMode yes
	HostKeyAlias countersign
	UserKnownHostsFile $DIR/client/known_hosts
	GlobalKnownHostsFile /dev/null
	LogLevel ERROR
END

signer() { # OPTION... signer [COMMAND...]
	timeout 20 ssh -F "$DIR/config" "$@"
}

says() { # PATTERN
	expect_match stderr "$1" "$(cat "$ERR")"
	expect stdout "" "$(cat "$OUT")"
}

usage() { # PATTERN COMMAND
	expect_exit 64 signer signer "$2" </dev/null
	says "countersign: $1"
}

programs_that_are_not_there() {
	usage '*"ls"*help*whoami*sign*' 'ls -l /'
	usage '*"/bin/sh"*' '/bin/sh'
	usage '*"SIGN"*' 'SIGN -k p256'
	usage '*"git-upload-pack"*' "git-upload-pack 'x.git'"
	usage '*"-"*' ' -'
}

# shellcheck disable=SC2016 # not here either
nothing_is_expanded() {
	usage '*"sign;"*' 'sign; id'
	usage '*"$(id)"*' 'sign -k $(id)'
	usage '*"`id`"*' 'sign -k `id`'
	usage '*"*"*' 'sign -k *'
	usage '*"~"*' 'sign -k ~'
	usage '*"|"*' 'sign -k p256 | cat'
	usage '*">"*' 'sign -k p256 > x'
	usage '*"../p256"*' 'sign -k ../p256'
}

quotes_group_and_must_be_closed() {
	expect_exit 0 signer signer "\"whoami\" '--json'" </dev/null
	expect principal build01 "$(jq -r .principal "$OUT")"
	usage '*quote*' "sign -k 'p256"
	usage '*quote*' 'sign -k "p256'
	usage '*""*' "''"
	usage "*\"who'ami\"*" "\"who'ami\""
}

bytes_that_no_command_has() {
	usage '*printable ASCII*' $'whoami\nid'
	usage '*printable ASCII*' $'whoami\r'
	usage '*printable ASCII*' $'who\e[31mami'
	usage '*printable ASCII*' $'sign -k p256\x01'
	usage '*printable ASCII*' 'sign -k clé'
	usage '*printable ASCII*' $'\xff\xfe'
	expect_exit 0 signer signer $'\twhoami  ' </dev/null
}

commands_of_any_length() {
	usage '*not a key*' "sign -k $(printf 'x%.0s' {1..4000})"
	usage '*4095 bytes*' "sign -k $(printf 'x%.0s' {1..4096})"
	usage '*4095 bytes*' "$(printf 'x%.0s' {1..100000})"
}

options_that_are_wrong() {
	usage '*-k*--keep-going*' 'sign --frobnicate'
	usage '*value*' 'sign -k'
	usage '*twice*' 'sign -k p256 -k p256'
	usage '*lines*raw*tar*json*' 'sign -o xml'
	usage '*sha256*' 'sign --hash md5'
	usage '*"fw.bin"*sign*' 'sign -k p256 fw.bin'
	usage '*--json*' 'whoami --xml'
	usage '*pem*der*ssh*' 'pubkey p256 --form x'
}

files_cannot_be_copied() {
	expect_exit 255 sftp -F "$DIR/config" signer </dev/null
	expect_exit 255 scp -F "$DIR/config" "$TOP/LICENSE" signer:/tmp/x
	# The old protocol is a command.
	expect_exit 1 scp -O -F "$DIR/config" "signer:/etc/passwd" "$DIR/got"
	expect_match stderr '*"scp"*sign*' "$(cat "$ERR")"
	[ ! -e "$DIR/got" ]
}

nothing_is_tunnelled() {
	expect_exit 255 signer -W 127.0.0.1:22 signer </dev/null
	expect_exit 255 signer -o ExitOnForwardFailure=yes \
	    -R 0:127.0.0.1:22 signer whoami </dev/null
	expect_exit 255 signer -o ExitOnForwardFailure=yes \
	    -R "$DIR/socket:127.0.0.1:22" signer whoami </dev/null
	[ ! -e "$DIR/socket" ]
	# A local end is ours; what goes in comes out nowhere.
	signer -N -M -S "$DIR/master" -L "$DIR/local:127.0.0.1:$PORT" signer \
	    </dev/null 2>"$DIR/err" &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$DIR/local"
	expect "bytes through it" 0 "$("$PYTHON" -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect(sys.argv[1])
print(len(s.recv(64)))' "$DIR/local")"
	ssh -F none -S "$DIR/master" -O exit x 2>/dev/null
}

agents_displays_and_variables_are_not_taken() {
	DISPLAY=:99 LANG=C expect_exit 0 signer -A -X \
	    -o SetEnv="LD_PRELOAD=/x A=b" -o SendEnv=LANG signer whoami \
	    </dev/null
	grep -q build01 "$OUT"
}

a_terminal_that_must_be_is_refused() {
	expect_exit 255 signer -tt signer whoami </dev/null
	expect_match stderr "*PTY*" "$(cat "$ERR")"
}

# ssh -N asks for nothing, and waits for nothing to end.
no_command_at_all_is_an_idle_connection() {
	signer -N -M -S "$DIR/master" signer </dev/null &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$DIR/master"
	expect_exit 0 ssh -F none -S "$DIR/master" x whoami </dev/null
	ssh -F none -S "$DIR/master" -O exit x 2>/dev/null
}

# Answers to what the client asks by itself, and more of it than it can bear
# to miss.
keepalives_are_answered() {
	local answer
	mkfifo "$DIR/in"
	signer -o ServerAliveInterval=1 -o ServerAliveCountMax=1 signer \
	    check -k p256 <"$DIR/in" >"$DIR/out" &
	local pid=$!
	exec 7>"$DIR/in"
	if wait_for 3 gone $pid; then
		fail "the client gave up"
	fi
	printf '%064d\n' 0 >&7
	exec 7>&-
	wait $pid
	read -r answer <"$DIR/out"
	expect_match answer "*  ok  -" "$answer"
}

gone() { # PID
	! kill -0 "$1" 2>/dev/null
}

what_is_not_ssh_is_cut_off() {
	local word
	for word in "GET / HTTP/1.0" "SSH-1.5-x" \
	    $'SSH-2.0-x\r\nwhat is this' "$(printf 'x%.0s' {1..5000})"; do
		exec 7<>"/dev/tcp/127.0.0.1/$PORT"
		(printf '%s\r\n\r\n' "$word" >&7) 2>/dev/null || :
		# A reset is as good as an end.
		timeout 10 cat <&7 >"$DIR/out" 2>&1 || [ $? != 124 ] ||
		    fail "$word: left hanging"
		exec 7>&-
	done
	expect_exit 0 signer signer whoami </dev/null
}

nothing_was_signed_by_all_this() {
	expect SIGN 0 "$(records "$DIR" SIGN)"
	"$CTL" log verify "$DIR/log/audit.log"
}

cases programs_that_are_not_there \
    nothing_is_expanded \
    quotes_group_and_must_be_closed \
    bytes_that_no_command_has \
    commands_of_any_length \
    options_that_are_wrong \
    files_cannot_be_copied \
    nothing_is_tunnelled \
    agents_displays_and_variables_are_not_taken \
    a_terminal_that_must_be_is_refused \
    no_command_at_all_is_an_idle_connection \
    keepalives_are_answered \
    what_is_not_ssh_is_cut_off \
    nothing_was_signed_by_all_this
