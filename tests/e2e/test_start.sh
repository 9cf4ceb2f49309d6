#!/bin/bash
# How the service starts: as whom, from where, and what it refuses.
# covers: src/listener/main.c src/listener/start.c src/listener/launch.c
# covers: src/listener/background.c src/listener/jail.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit

signs_one() { # DIR
	expect answers 1 "$(digest_lines 1 | sign_ssh "$1" sign -k p256 |
	    wc -l)"
}

uids() { # PID...
	local pid
	for pid in $(instance_tree "$@"); do
		awk '/^Uid:/ { print $2, $3, $4, $5 }' "/proc/$pid/status"
	done | sort -u
}

no_root_process_remains() {
	[ "$(id -u)" = 0 ] || skip "not root"
	instance_start "$DIR"
	signs_one "$DIR"
	local user uid wanted=""
	for user in $INSTANCE_USERS; do
		uid=$(id -u "$user")
		wanted="$wanted$uid $uid $uid $uid
"
	done
	expect "user ids" "$(echo "$wanted" | sort -u | grep .)" \
	    "$(uids "$PID")"
	# No groups, no capabilities, no way back.
	local pid
	for pid in $(instance_tree "$PID"); do
		expect groups "$(awk '/^Gid:/ { print $2 }' \
		    "/proc/$pid/status")" \
		    "$(awk '/^Groups:/ { print $2 $3 }' "/proc/$pid/status")"
		expect capabilities 0000000000000000 \
		    "$(awk '/^CapPrm:/ { print $2 }' "/proc/$pid/status")"
		expect no_new_privs 1 \
		    "$(awk '/^NoNewPrivs:/ { print $2 }' "/proc/$pid/status")"
	done
	instance_stop "$DIR"
}

each_process_is_jailed() {
	! grep -q __asan_init "$B/countersignd" || skip "sanitized programs"
	instance_start "$DIR"
	local pid parent
	SSH_MORE="-M -S $DIR/master -N" sign_ssh "$DIR" </dev/null &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$DIR/master"
	# The parent of the sessions has nobody to talk to but us.
	parent=$(process_named "$PID" countersign-session)
	[ "$(instance_tree "$parent" | wc -l)" = 2 ] || fail "no session"
	for pid in $(instance_tree "$PID" | grep -vx "$parent"); do
		expect "seccomp of $(tr '\0' ' ' <"/proc/$pid/cmdline")" 2 \
		    "$(awk '/^Seccomp:/ { print $2 }' "/proc/$pid/status")"
	done
	# Also of the parent, which has the host key.  The memory of who may not
	# be traced belongs to root.
	for pid in $(instance_tree "$PID"); do
		expect "cores of $pid" "0 0" \
		    "$(awk '/^Max core/ { print $5, $6 }' "/proc/$pid/limits")"
		expect "whose is /proc/$pid/mem" 0 \
		    "$(stat -c %u "/proc/$pid/mem")"
	done
	instance_stop "$DIR"
}

maps_none_of() { # PATTERN PID
	if grep -E "$1" "/proc/$2/maps"; then
		fail "it may not link that"
	fi
}

each_program_links_only_its_own() {
	local pid
	instance_start "$DIR"
	pid=$(process_named "$PID" countersign-broker)
	maps_none_of 'libssh|libp11|softhsm' "$pid"
	pid=$(process_named "$PID" countersign-session)
	maps_none_of 'libp11|softhsm|inih' "$pid"
	maps_none_of 'libssh|libp11|libcrypto' "$PID"
	instance_stop "$DIR"
}

an_ordinary_user_may_run_it_all() {
	local other=$DIR/ordinary
	[ "$(id -u)" = 0 ] || skip "it is what all cases do"
	instance_new "$other" p256
	chown -R nobody "$other"
	INSTANCE_RUN="setpriv --reuid nobody --regid nogroup --clear-groups" \
	    instance_start "$other"
	grep -q 'not started as root: all processes run as nobody' \
	    "$other/service.log"
	signs_one_of_theirs() {
		cp "$other/client/build01" "$DIR/copied"
		chmod 0600 "$DIR/copied"
		signs_one "$other"
	}
	chown -R root "$other/client"
	signs_one_of_theirs
	expect "user ids" 1 "$(uids "$PID" | wc -l)"
	instance_stop "$other"
}

it_runs_from_a_folder_that_its_users_cannot_reach() {
	[ "$(id -u)" = 0 ] || skip "not root"
	mkdir -m 0700 "$DIR/private"
	cp "$B"/countersign* "$DIR/private/"
	B=$DIR/private instance_start "$DIR"
	signs_one "$DIR"
	instance_stop "$DIR"
}

root_without_the_users_is_told_how_to_make_them() {
	[ "$(id -u)" = 0 ] || skip "not root"
	cp "$DIR/countersign.conf" "$DIR/kept"
	sed -i 's/^\[server\]/&\ntoken-user = _no-such-user/' \
	    "$DIR/countersign.conf"
	expect_exit 1 timeout 10 "$B/countersignd" -D -C "$DIR"
	mv "$DIR/kept" "$DIR/countersign.conf"
	expect_match stderr "*useradd*_no-such-user*" "$(cat "$ERR")"
}

t_says_every_mistake_and_starts_nothing() {
	expect_exit 0 timeout 10 "$B/countersignd" -t -C "$DIR"
	echo '[profile x' >"$DIR/profiles.d/bad.conf"
	echo 'ssh-ed25519 AAAA' >"$DIR/authorized_keys.d/bad"
	expect_exit 1 timeout 10 "$B/countersignd" -t -C "$DIR"
	rm "$DIR/profiles.d/bad.conf" "$DIR/authorized_keys.d/bad"
	expect_match stderr "*profiles.d/bad.conf:1: *" "$(cat "$ERR")"
	expect_match stderr "*authorized_keys.d/bad:1: *" "$(cat "$ERR")"
}

t_looks_at_the_host_key_too() {
	chmod 0644 "$DIR/ssh_host_ed25519_key"
	expect_exit 1 timeout 10 "$B/countersignd" -t -C "$DIR"
	expect_exit 1 timeout 10 "$B/countersignd" -D -C "$DIR"
	chmod 0600 "$DIR/ssh_host_ed25519_key"
	expect_match stderr "*ssh_host_ed25519_key*chmod 600*" "$(cat "$ERR")"
}

a_bad_tree_does_not_start() {
	echo 'junk' >"$DIR/keys.d/bad.conf"
	expect_exit 1 timeout 10 "$B/countersignd" -D -C "$DIR"
	rm "$DIR/keys.d/bad.conf"
	expect_match stderr "*keys.d/bad.conf:1: *" "$(cat "$ERR")"
	expect "ready lines" 0 "$(grep -c ready "$ERR")"
}

a_taken_port_does_not_start() {
	instance_start "$DIR"
	local other=$DIR/second
	instance_new "$other" p256
	sed -i "s/127.0.0.1:0/127.0.0.1:$PORT/" "$other/countersign.conf"
	expect_exit 1 timeout 10 "$B/countersignd" -D -C "$other"
	expect_match stderr "*port $PORT*" "$(cat "$ERR")"
	instance_stop "$DIR"
}

a_second_one_on_the_same_records_does_not_start() {
	instance_start "$DIR"
	expect_exit 1 timeout 10 "$B/countersignd" -D -C "$DIR"
	signs_one "$DIR"
	instance_stop "$DIR"
}

# The connection after the last descriptor would end the service.
more_connections_than_descriptors_do_not_start() {
	local other=$DIR/few
	instance_new "$other" p256
	printf '[limits]\nconnections = 300\n' >>"$other/countersign.conf"
	(
		ulimit -n 300
		expect_exit 1 timeout 20 "$B/countersignd" -D -C "$other"
		grep -q 'connections = 300 takes .* and 300 are allowed' "$ERR"
	)
}

an_unknown_option_is_usage() {
	expect_exit 64 "$B/countersignd" -x
	expect_exit 64 "$B/countersignd" now
	expect_exit 1 "$B/countersignd" -D -C /nonexistent
}

in_the_background_the_first_process_ends_when_ready() {
	local pid
	expect_exit 0 timeout 20 "$B/countersignd" -C "$DIR"
	grep -q 'ready, listening' "$ERR"
	sed -n 's/.* port \([0-9]*\)$/\1/p' "$ERR" | head -n 1 >"$DIR/port"
	for pid in /proc/[0-9]*; do
		case $(tr '\0' ' ' <"$pid/cmdline" 2>/dev/null) in
		"$B/countersignd -C $DIR "*) INSTANCE_PIDS=${pid#/proc/} ;;
		esac
	done
	[ -n "$INSTANCE_PIDS" ] || fail "where is it?"
	signs_one "$DIR"
	kill "$INSTANCE_PIDS"
	gone() {
		! kill -0 "$INSTANCE_PIDS" 2>/dev/null
	}
	wait_for 20 gone
}

in_the_background_a_bad_tree_is_still_told() {
	echo 'junk' >"$DIR/keys.d/bad.conf"
	expect_exit 1 timeout 20 "$B/countersignd" -C "$DIR"
	rm "$DIR/keys.d/bad.conf"
	expect_match stderr "*keys.d/bad.conf:1: *" "$(cat "$ERR")"
}

the_service_manager_hears_and_may_hold_the_port() {
	"$PYTHON" "$TOP/tests/e2e/manager.py" "$B/countersignd" -D -C "$DIR" \
	    >"$DIR/manager"
	expect "what the manager heard" "READY=1 STOPPING=1 0" \
	    "$(paste -sd ' ' "$DIR/manager")"
}

it_listens_on_every_address_it_is_told() {
	[ -e /proc/net/if_inet6 ] || skip "no IPv6"
	local other=$DIR/both
	instance_new "$other" p256
	sed -i 's/^listen = .*/listen = 127.0.0.1:0 [::1]:0/' \
	    "$other/countersign.conf"
	instance_start "$other"
	expect "ready lines" 2 "$(grep -c '^countersignd: ready, listening on ' \
	    "$other/service.log")"
	local port
	port=$(sed -n 's/.*listening on ::1 port //p' "$other/service.log")
	expect_match "by IPv6" "*::1*" "$(SSH_MORE="-o HostName=::1 -o Port=$port" \
	    sign_ipv6 "$other" "$port")"
	instance_stop "$other"
}

sign_ipv6() { # DIR PORT
	echo "$2" >"$1/port"
	# shellcheck disable=SC2046 # words
	ssh $(ssh_options "$1" build01) ::1 whoami </dev/null
}

cases no_root_process_remains \
    each_process_is_jailed \
    each_program_links_only_its_own \
    an_ordinary_user_may_run_it_all \
    it_runs_from_a_folder_that_its_users_cannot_reach \
    root_without_the_users_is_told_how_to_make_them \
    t_says_every_mistake_and_starts_nothing \
    t_looks_at_the_host_key_too \
    a_bad_tree_does_not_start \
    a_taken_port_does_not_start \
    a_second_one_on_the_same_records_does_not_start \
    more_connections_than_descriptors_do_not_start \
    an_unknown_option_is_usage \
    in_the_background_the_first_process_ends_when_ready \
    in_the_background_a_bad_tree_is_still_told \
    the_service_manager_hears_and_may_hold_the_port \
    it_listens_on_every_address_it_is_told
