#!/bin/bash
# What a client says of itself in SetEnv and SendEnv goes on record as a claim,
# where the profile or the key wants it, and what admins say a key is for.
# covers: src/session/env.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
sed -i 's/^use = raw/&\npurpose = firmware of the small boards\nenv = RELEASE/' \
    "$DIR/keys.d/demo.conf"
cat >>"$DIR/profiles.d/demo.conf" <<-'END'
	purpose = for builds
	env = CI_* BUILD_URL
	[profile bare]
	keys = p256
	[profile refused]
	keys = p256
	env = CI_*
	names = never
END
instance_client "$DIR" bare bare || exit
instance_client "$DIR" refused refused || exit
instance_start "$DIR" || exit
digest_lines 1 >"$DIR/line"

last() { # EVENT
	grep " $1 \[" "$DIR/log/audit.log" | tail -n 1
}

# The env fields of the last record of EVENT.
claims() { # EVENT
	last "$1" | grep -oE ' env\.[A-Za-z0-9_]+="([^"\\]|\\.)*"' | tr -d '\n'
}

# Signs the line with SetEnv=NAME=VALUE..., as stock ssh takes it.
sign_saying() { # CLIENT NAME=VALUE...
	local client=$1
	shift
	# shellcheck disable=SC2046,SC2029 # no option has a blank
	ssh $(ssh_options "$DIR" "$client") -o "SetEnv=$*" 127.0.0.1 sign \
	    -k p256 <"$DIR/line"
}

what_the_profile_wants_is_recorded() {
	expect_exit 0 sign_saying build01 CI_JOB_ID=4711 HOME=/x \
	    BUILD_URL=https://ci/4711 CI=true
	expect stderr "" "$(cat "$ERR")"
	expect claims ' env.CI_JOB_ID="4711" env.BUILD_URL="https://ci/4711"' \
	    "$(claims SIGN)"
}

what_the_key_wants_is_recorded() {
	expect_exit 0 sign_saying bare CI_JOB_ID=1 RELEASE=12.3
	expect claims ' env.RELEASE="12.3"' "$(claims SIGN)"
}

sendenv_works_as_well() {
	SSH_MORE="-o SendEnv=CI_*" CI_JOB_ID=99 expect_exit 0 \
	    sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	expect claims ' env.CI_JOB_ID="99"' "$(claims SIGN)"
}

refusals_have_them_too() {
	expect_exit 77 sign_saying refused CI_JOB_ID=5 RELEASE=1
	expect claims ' env.CI_JOB_ID="5" env.RELEASE="1"' "$(claims DENY)"
	expect_match purpose '* purpose="firmware of the small boards"*' \
	    "$(last DENY)"
	# Before the key is known, the profile's words count.
	SSH_MORE="-o SetEnv=CI_JOB_ID=6" expect_exit 77 sign_ssh "$DIR" \
	    sign -k other <"$DIR/line"
	expect claims ' env.CI_JOB_ID="6"' "$(claims DENY)"
	expect_match purpose '* purpose="for builds"*' "$(last DENY)"
}

the_keys_purpose_goes_before_the_profiles() {
	expect_exit 0 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	expect_match purpose '* purpose="firmware of the small boards"*' \
	    "$(last SIGN)"
	expect claims "" "$(claims SIGN)"
}

clients_are_told_what_keys_and_profiles_are_for() {
	expect_exit 0 sign_ssh "$DIR" keys </dev/null
	expect_match keys "*    purpose      firmware of the small boards*" \
	    "$(cat "$OUT")"
	expect "keys --json" "firmware of the small boards" \
	    "$(sign_ssh "$DIR" keys --json </dev/null | jq -r '.[0].purpose')"
	expect "whoami --json" "for builds" \
	    "$(sign_ssh "$DIR" whoami --json </dev/null | jq -r .purpose)"
}

each_channel_has_its_own() {
	rm -f "$DIR/mux"
	SSH_MORE="-M -S $DIR/mux -N -o SendEnv=CI_*" sign_ssh "$DIR" \
	    </dev/null 2>"$DIR/mux.err" &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$DIR/mux"
	local i
	for i in 1 2 3; do
		CI_N=$i ssh -F none -S "$DIR/mux" -o "SendEnv=CI_*" 127.0.0.1 \
		    sign -k p256 <"$DIR/line" >/dev/null
		expect claims " env.CI_N=\"$i\"" "$(claims SIGN)"
	done
	kill "${INSTANCE_PIDS##* }"
}

a_claim_cannot_pass_for_something_else() {
	local value='x" outcome="ok" seq="1"] <86>1'
	CI_X=$value SSH_MORE="-o SendEnv=CI_X" expect_exit 0 \
	    sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	expect claims ' env.CI_X="x\" outcome=\"ok\" seq=\"1\"\] <86>1"' \
	    "$(claims SIGN)"
	CI_X=$'a\nb' SSH_MORE="-o SendEnv=CI_X" expect_exit 0 \
	    sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	expect claims ' env.CI_X="a\\x0ab"' "$(claims SIGN)"
	"$CTL" log verify "$DIR/log/audit.log"
}

long_ones_are_cut_and_the_record_stands() {
	local i words=()
	for i in 1 2 3 4 5 6; do
		words+=("CI_$i=$(printf '%0250d' "$i")")
	done
	expect_exit 0 sign_saying build01 "${words[@]}"
	expect variables 4 "$(claims SIGN | grep -o ' env\.' | wc -l)"
	expect cut 4 "$(claims SIGN | grep -o '\\\\…' | wc -l)"
	[ "$(claims SIGN | wc -c)" -le 208 ] || fail "too long: $(claims SIGN)"
}

beyond_the_bounds_is_dropped_and_not_fatal() {
	local i words=()
	for i in $(seq 60); do
		words+=("N_$i=x")
	done
	expect_exit 0 sign_saying build01 "CI_LONG=$(printf '%0300d' 1)" \
	    CI_A=1 "${words[@]}"
	expect stderr "" "$(cat "$ERR")"
	expect claims ' env.CI_A="1"' "$(claims SIGN)"
}

readers_show_them() {
	sha256sum "$TOP/LICENSE" | SSH_MORE="-o SetEnv=CI_JOB_ID=777" \
	    sign_ssh "$DIR" sign -k p256 >"$DIR/out"
	expect_exit 0 "$CTL" log who "$(cut -d ' ' -f 1 "$DIR/out")" \
	    "$DIR/log/audit.log"
	expect_match who "*env.CI_JOB_ID  777*" "$(cat "$OUT")"
	expect_match who "*purpose       firmware of the small boards*" \
	    "$(cat "$OUT")"
	expect_exit 0 "$CTL" log show --json "$DIR/log/audit.log"
	expect json 777 "$(tail -n 1 "$OUT" |
	    jq -r '."countersign.env.CI_JOB_ID"')"
}

a_reload_that_wants_less_holds_for_what_runs() {
	mkfifo "$DIR/in"
	SSH_MORE="-o SetEnv=CI_JOB_ID=8" sign_ssh "$DIR" sign -k p256 \
	    <"$DIR/in" >"$DIR/out" &
	local client=$!
	exec 5>"$DIR/in"
	cat "$DIR/line" >&5
	wait_for 10 test -s "$DIR/out"
	expect claims ' env.CI_JOB_ID="8"' "$(claims SIGN)"
	sed -i '/^env = CI_\* BUILD_URL/d' "$DIR/profiles.d/demo.conf"
	"$CTL" -C "$DIR" reload
	cat "$DIR/line" >&5
	exec 5>&-
	wait $client
	expect claims "" "$(claims SIGN)"
}

cases what_the_profile_wants_is_recorded \
    what_the_key_wants_is_recorded \
    sendenv_works_as_well \
    refusals_have_them_too \
    the_keys_purpose_goes_before_the_profiles \
    clients_are_told_what_keys_and_profiles_are_for \
    each_channel_has_its_own \
    a_claim_cannot_pass_for_something_else \
    long_ones_are_cut_and_the_record_stands \
    beyond_the_bounds_is_dropped_and_not_fatal \
    readers_show_them \
    a_reload_that_wants_less_holds_for_what_runs
