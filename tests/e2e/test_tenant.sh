#!/bin/bash
# A team governs its own keys, profiles and clients, inside its bounds; what it
# does wrong costs nobody else anything.
# covers: src/broker/governed.c
# covers: src/broker/tenant_answer.c
# covers: src/broker/tenant_log.c
# covers: src/broker/on_explain.c
# covers: src/ctl/tenant_log.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

# Two users that every system has; without root all is one user's.
if [ "$(id -u)" = 0 ]; then
	TEAM=daemon OTHER=nobody
else
	TEAM=$(id -un) OTHER=$TEAM
fi
T=$DIR/tenants/team

as() { # USER COMMAND...
	local user=$1
	shift
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$user" --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# A tenant with one key, one profile and one client, that belongs to USER.
tenant_new() { # NAME USER CLIENT
	local at=$DIR/tenants/$1
	mkdir -p "$DIR/tenants.d" "$at/keys.d" "$at/profiles.d" \
	    "$at/authorized_keys.d"
	cat >"$DIR/tenants.d/$1.conf" <<-END
		[tenant $1]
		owner = $2
		tokens = demo
		objects = p256
		max-lines = 3
	END
	cat >"$at/keys.d/keys.conf" <<-END
		[key release]
		token = demo
		object = pkcs11:object=p256
		use = raw
	END
	cat >"$at/profiles.d/profiles.conf" <<-END
		[profile ci]
		keys = release
	END
	ssh-keygen -q -t ed25519 -N '' -C "$3" -f "$DIR/client/$3"
	printf 'profile="ci" ' >"$at/authorized_keys.d/clients"
	cat "$DIR/client/$3.pub" >>"$at/authorized_keys.d/clients"
	[ "$(id -u)" != 0 ] || chown -R "$2" "$at"
}

team_file() { # NAME: from standard input, as the team writes it
	as "$TEAM" tee "$T/$1" >/dev/null
}

good_profiles() {
	team_file profiles.d/profiles.conf <<-END
		[profile ci]
		keys = release
	END
}

umask 022
instance_new "$DIR" p256 || exit
tenant_new team "$TEAM" team-build || exit
tenant_new other "$OTHER" other-build || exit
instance_start "$DIR" || exit

reload() {
	"$CTL" -C "$DIR" reload
}

signs() { # CLIENT [OPTION...]
	local client=$1
	shift
	expect "signatures of $client" 1 \
	    "$(digest_lines 1 | sign_as "$DIR" "$client" sign "$@" | wc -l)"
}

a_team_signs_with_its_own_names() {
	signs team-build
	signs team-build -k release
	signs team-build -k team/release
	sign_as "$DIR" team-build whoami </dev/null | grep -q team/ci
		grep -q ' SIGN .* profile="team/ci" .* principal="team-build".* key="team/release"' \
	    "$DIR/log/audit.log"
	expect_exit 77 sign_as "$DIR" team-build sign -k p256 </dev/null
	expect_exit 77 sign_as "$DIR" build01 sign -k team/release </dev/null
	expect_exit 77 sign_as "$DIR" other-build sign -k team/release \
	    </dev/null
}

a_bad_file_keeps_what_the_team_had() {
	echo 'no section' | team_file profiles.d/profiles.conf
	expect_exit 1 reload
	grep -q '^tenants/team/profiles.d/profiles.conf:1: ' "$ERR"
	grep -q '^tenant team has errors: its last good files stay$' "$ERR"
	grep -q '^reloaded$' "$ERR"
	signs team-build
	signs other-build
	signs build01
	grep -q ' RELOADFAIL .* tenant="team" outcome="kept" error="tenants/team/profiles.d/profiles.conf:1: ' \
	    "$DIR/log/audit.log"
	"$CTL" -C "$DIR" status | grep -q \
	    '^tenant team: its last good files stay since 20.*profiles.conf:1'
	"$CTL" -C "$DIR" status | grep -q '^tenant other: ok$'
	expect_exit 1 "$CTL" -C "$DIR" check
}

others_change_while_a_team_is_bad() {
	[ "$(id -u)" != 0 ] || chown "$OTHER" "$DIR/tenants/other/profiles.d"
	as "$OTHER" tee "$DIR/tenants/other/profiles.d/more.conf" >/dev/null <<-END
		[profile more]
		keys = release
	END
	sed -i 's/"ci"/"more"/' "$DIR/tenants/other/authorized_keys.d/clients"
	[ "$(id -u)" != 0 ] ||
	    chown "$OTHER" "$DIR/tenants/other/authorized_keys.d/clients"
	expect_exit 1 reload
	sign_as "$DIR" other-build whoami </dev/null | grep -q other/more
	signs team-build
}

a_team_reads_no_file_of_others_and_stops_nobody() {
	for target in /etc/shadow /dev/zero "$DIR/log/audit.log"; do
		as "$TEAM" ln -sf "$target" "$T/profiles.d/profiles.conf"
		timeout 10 "$CTL" -C "$DIR" reload >"$DIR/out" 2>&1 &&
		    fail "$target was read"
		grep -q 'profiles.conf: must not be a symbolic link' "$DIR/out"
	done
	as "$TEAM" rm "$T/profiles.d/profiles.conf"
	as "$TEAM" mkfifo "$T/profiles.d/profiles.conf"
	timeout 10 "$CTL" -C "$DIR" reload >"$DIR/out" 2>&1 &&
	    fail "a FIFO was read"
	grep -q 'profiles.conf: is not a regular file' "$DIR/out"
	as "$TEAM" rm "$T/profiles.d/profiles.conf"
	as "$TEAM" truncate -s 10G "$T/profiles.d/profiles.conf"
	timeout 10 "$CTL" -C "$DIR" reload >"$DIR/out" 2>&1 &&
	    fail "a huge file was read"
	grep -q "profiles.conf: the tenant's files are too large" "$DIR/out"
	as "$TEAM" rm "$T/profiles.d/profiles.conf"
	good_profiles
	signs team-build
	signs other-build
	expect_exit 0 reload
}

a_team_stays_inside_its_bounds() {
	cat >>"$T/profiles.d/profiles.conf" <<<'max-lines = 4'
	expect_exit 1 reload
	grep -q 'profiles.conf:3: profile team/ci: max-lines is over the 3 of tenant team' \
	    "$ERR"
	good_profiles
	expect_exit 0 reload
	digest_lines 4 >"$DIR/four"
	expect_exit 77 sign_as "$DIR" team-build sign <"$DIR/four"
	expect "answers" 3 "$(wc -l <"$OUT")"
	grep -q 'line 4: the tenant team allows 3 lines a request' "$ERR"
	grep -q ' DENY .* reason="too-many-lines" .*rule="tenants.d/team.conf:5"' \
	    "$DIR/log/audit.log"
}

# countersignctl of the team's own user.
team_ctl() { # VERB...
	as "$TEAM" "$CTL" -C "$DIR" "$@"
}

needs_users() {
	[ "$(id -u)" = 0 ] || skip "only root can be several users"
}

a_team_checks_and_reloads_its_own() {
	needs_users
	expect_exit 0 team_ctl check
	grep -q '^a reload would change nothing$' "$OUT"
	printf '[profile new]\nkeys = release\n' | team_file profiles.d/new.conf
	expect_exit 0 team_ctl check
	grep -q '^profile team/new: gained' "$OUT"
	expect_exit 0 team_ctl reload
	expect_exit 0 team_ctl check
	grep -q '^a reload would change nothing$' "$OUT"
	echo x | team_file profiles.d/new.conf
	expect_exit 1 team_ctl check
	grep -q '^tenants/team/profiles.d/new.conf:1: ' "$ERR"
	"$CTL" -C "$DIR" status | grep -q '^tenant team: ok$'
	as "$TEAM" rm "$T/profiles.d/new.conf"
	wait_for 5 team_ctl reload
}

# However often another asks.
each_team_may_reload_once_a_second() {
	needs_users
	wait_for 5 team_ctl reload || fail "the team may not"
	expect_exit 0 as "$OTHER" "$CTL" -C "$DIR" reload
	expect_exit 75 as "$OTHER" "$CTL" -C "$DIR" reload
}

a_team_hears_nothing_of_others() {
	needs_users
	mv "$DIR/tenants/other/profiles.d/more.conf" "$DIR/more"
	echo 'secret = 1' >"$DIR/tenants/other/profiles.d/more.conf"
	expect_exit 0 team_ctl check
	! grep -q other "$OUT" "$ERR" || fail "it hears of the other tenant"
	wait_for 5 team_ctl reload || fail "somebody else's mistake is told"
	team_ctl status >"$DIR/out"
	expect status 'tenant team: ok' "$(cat "$DIR/out")"
	team_ctl status --json | python3 -m json.tool >/dev/null
	mv "$DIR/more" "$DIR/tenants/other/profiles.d/more.conf"
	expect_exit 0 reload
	echo '[broken' >"$DIR/keys.d/broken.conf"
	expect_exit 1 team_ctl check
	! grep -q broken "$OUT" "$ERR" || fail "the service's own files are told"
	grep -q "the service's own files have errors now" "$ERR"
	rm "$DIR/keys.d/broken.conf"
	expect_exit 0 team_ctl check
}

a_team_suspends_what_is_its_own() {
	needs_users
	expect_exit 0 team_ctl suspend key team/release --reason 'lost laptop'
	expect_exit 77 sign_as "$DIR" team-build sign <<<"$(digest_lines 1)"
	signs build01
	team_ctl suspend list | grep -q 'team/release.*lost laptop'
	expect_exit 0 team_ctl resume key team/release
	signs team-build
	for what in 'key p256' 'profile ci' 'profile other/more' \
	    'tenant other' 'principal team-build' 'key other/release'; do
		# shellcheck disable=SC2086 # two words
		expect_exit 77 team_ctl suspend $what --reason x
	done
	expect_exit 77 team_ctl suspend client "$DIR/client/build01.pub" \
	    --reason x
	expect_exit 0 team_ctl suspend client "$DIR/client/team-build.pub" \
	    --reason x
	expect_exit 0 team_ctl resume client "$DIR/client/team-build.pub"
}

# Ed25519 keys with a number for their content.
many_clients() { # COUNT
	python3 -c '
import base64, sys
for i in range(int(sys.argv[1])):
    key = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + i.to_bytes(32, "big")
    print("profile=\"ci\" ssh-ed25519", base64.b64encode(key).decode(),
          "somebody-with-a-long-name-%d@build.example.org" % i)' "$1"
}

a_team_may_have_many_client_keys() {
	needs_users
	many_clients 12000 | team_file authorized_keys.d/many
	expect_exit 0 team_ctl check
	expect "lines" 1002 "$(wc -l <"$OUT")"
	expect "the last" '... and 11000 more' "$(tail -n 1 "$OUT")"
	wait_for 5 team_ctl reload
	tail -n 1 "$T/authorized_keys.d/many" | cut -d ' ' -f 2- >"$DIR/last.pub"
	expect_exit 0 team_ctl suspend client "$DIR/last.pub" --reason x
	team_ctl suspend list | grep -q "$(ssh-keygen -lf "$DIR/last.pub" |
	    cut -d ' ' -f 2)"
	expect_exit 0 team_ctl resume client "$DIR/last.pub"
	local print
	tail -n 257 "$T/authorized_keys.d/many" | cut -d ' ' -f 2- \
	    >"$DIR/last.pub"
	for print in $(ssh-keygen -lf "$DIR/last.pub" | cut -d ' ' -f 2); do
		team_ctl suspend client "$print" --reason x >>"$DIR/many" 2>&1 ||
		    break
	done
	expect "suspended" 256 "$(grep -c 'is suspended$' "$DIR/many")"
	grep -q '256 things are suspended by you' "$DIR/many"
	as "$TEAM" rm "$T/authorized_keys.d/many"
	expect_exit 0 reload
	# So many changes are as many records: the next have to wait.
	expect_exit 75 team_ctl reload
	expect_match "why" 'busy; try again in 1?? s' "$(cat "$ERR")"
	expect_exit 0 reload
	# What the team suspended it can resume, although it is the team's no more.
	expect "in the list" 256 "$(team_ctl suspend list | wc -l)"
	expect_exit 77 as "$OTHER" "$CTL" -C "$DIR" resume client "$print"
	for print in $(ssh-keygen -lf "$DIR/last.pub" | cut -d ' ' -f 2 |
	    head -n 256); do
		team_ctl resume client "$print" >/dev/null ||
		    fail "$print cannot be resumed"
	done
	expect "in the list" 0 "$(team_ctl suspend list | wc -l)"
}

a_team_reads_its_own_records_only() {
	needs_users
	signs team-build
	signs other-build
	signs build01
	expect_exit 0 team_ctl log show --raw
	cp "$OUT" "$DIR/own"
	expect "records of others" 0 "$(grep -vc \
	    -e 'profile="team/ci"' -e 'key="team/release"' -e 'tenant="team"' \
	    -e 'of="team/' "$DIR/own")"
	expect "signatures" \
	    "$(grep -c ' SIGN .*profile="team/ci"' "$DIR/log/audit.log")" \
	    "$(grep -c ' SIGN ' "$DIR/own")"
	grep -q ' RELOADFAIL .*tenant="team"' "$DIR/own"
	expect_exit 0 team_ctl log show --event SIGN --last 1 --json
	expect "last" 1 "$(wc -l <"$OUT")"
	expect_exit 1 team_ctl log show --profile ci
}

a_team_asks_why_of_its_own_clients() {
	needs_users
	expect_exit 0 team_ctl explain "$DIR/client/team-build.pub" \
	    --from 127.0.0.1 -- sign -k release
	grep -q team/release "$OUT"
	expect_exit 77 team_ctl explain "$DIR/client/team-build.pub" \
	    --line 4 -- sign
	grep -q 'tenants.d/team.conf:5' "$OUT"
	expect_exit 0 team_ctl explain --json "$DIR/client/team-build.pub" -- sign
	python3 -m json.tool <"$OUT" >/dev/null
	for client in build01 other-build; do
		expect_exit 77 team_ctl explain "$DIR/client/$client.pub" -- sign
		expect "what is told" \
		    'no tenant of yours has this client key' "$(cat "$ERR")"
	done
}

what_root_suspended_a_team_cannot_resume() {
	needs_users
	expect_exit 0 "$CTL" -C "$DIR" suspend tenant team --reason 'incident 7'
	expect_exit 255 sign_as "$DIR" team-build whoami </dev/null
	expect_exit 77 team_ctl resume tenant team
	expect_exit 77 team_ctl suspend tenant team --reason mine
	expect_exit 255 sign_as "$DIR" team-build whoami </dev/null
	signs other-build
	expect_exit 0 "$CTL" -C "$DIR" resume tenant team
	signs team-build
}

others_are_not_heard() {
	needs_users
	expect_exit 69 as bin "$CTL" -C "$DIR" status
	expect_exit 69 as bin "$CTL" -C "$DIR" check
	expect_exit 69 as bin "$CTL" -C "$DIR" reload
	expect_exit 77 team_ctl test p256
	grep -q 'user 2 (process .*) may not ask for anything here' \
	    "$DIR/service.log"
	expect_exit 0 "$CTL" -C "$DIR" status
}

clients_of_a_team_share_its_budget() {
	local list=$DIR/tenants/other/authorized_keys.d/clients
	ssh-keygen -q -t ed25519 -N '' -C second -f "$DIR/client/second"
	sed 's/ssh-ed25519.*//' "$list" | tr -d '\n' >"$DIR/list"
	cat "$DIR/client/second.pub" >>"$DIR/list"
	cat "$DIR/list" >>"$list"
	echo 'per-day = 2' >>"$DIR/tenants.d/other.conf"
	expect_exit 0 reload
	signs other-build
	signs second
	expect_exit 75 sign_as "$DIR" other-build sign <<<"$(digest_lines 1)"
	grep -q 'tenant other' "$ERR"
	expect_exit 75 sign_as "$DIR" second sign <<<"$(digest_lines 1)"
	signs team-build
	grep -q ' DENY .*reason="per-day" .*rule="tenants.d/other.conf:6"' \
	    "$DIR/log/audit.log"
}

no_team_fills_the_log_with_its_orders() {
	needs_users
	local i verb got=0
	for i in $(seq 700); do
		verb=suspend
		[ $((i % 2)) = 1 ] || verb=resume
		team_ctl $verb profile team/ci --reason x >/dev/null \
		    2>"$DIR/busy" || { got=$? && break; }
	done
	expect "exit of order $i" 75 "$got"
	grep -q '^countersignctl: busy; try again in 1 s' "$DIR/busy"
	expect_exit 0 as "$OTHER" "$CTL" -C "$DIR" suspend profile \
	    other/ci --reason x
	expect_exit 0 "$CTL" -C "$DIR" suspend profile other/more --reason x
	for i in other/more other/ci team/ci; do
		"$CTL" -C "$DIR" resume profile $i >/dev/null 2>&1 || :
	done
}

is_gone() {
	! kill -0 "$PID" 2>/dev/null
}

a_start_with_a_bad_team_starts() {
	echo 'no section' | team_file profiles.d/profiles.conf
	kill "$PID"
	wait_for 10 is_gone
	instance_start "$DIR"
	grep -q 'tenant team has errors, its last good files stay' \
	    "$DIR/service.log"
	signs team-build
	sign_as "$DIR" other-build whoami </dev/null | grep -q other/more
	good_profiles
	expect_exit 0 reload
	"$CTL" -C "$DIR" status | grep -q '^tenant team: ok$'
	expect_exit 0 "$CTL" -C "$DIR" check
	signs team-build
	instance_stop "$DIR"
}

cases a_team_signs_with_its_own_names \
    a_bad_file_keeps_what_the_team_had \
    others_change_while_a_team_is_bad \
    a_team_reads_no_file_of_others_and_stops_nobody \
    a_team_stays_inside_its_bounds \
    a_team_checks_and_reloads_its_own \
    each_team_may_reload_once_a_second \
    a_team_hears_nothing_of_others \
    a_team_suspends_what_is_its_own \
    a_team_may_have_many_client_keys \
    a_team_reads_its_own_records_only \
    a_team_asks_why_of_its_own_clients \
    what_root_suspended_a_team_cannot_resume \
    others_are_not_heard \
    clients_of_a_team_share_its_budget \
    no_team_fills_the_log_with_its_orders \
    a_start_with_a_bad_team_starts
