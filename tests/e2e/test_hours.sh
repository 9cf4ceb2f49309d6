#!/bin/bash
# Hours and time zones of a service that runs in its jail.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/mux.sh
. "$TOP/tests/support/mux.sh"

instance_new "$DIR" p256 || exit
instance_client "$DIR" leaver ci || exit
instance_start "$DIR" || exit

# The profile with more words, taken by the service that runs.
profile() {
	printf '[profile ci]\nkeys = p256\n%s\n' "$1" \
	    >"$DIR/profiles.d/demo.conf"
	"$CTL" -C "$DIR" reload
}

# A weekday that is not today's anywhere in the world.
other_day() {
	LC_ALL=C TZ=UTC date -d '+3 days' +%a
}

closed_hours_refuse_and_tell_when_they_begin() {
	profile "hours = $(other_day) 08:00-18:00 Europe/Berlin"
	expect_exit 77 sign_as "$DIR" build01 sign -k p256 <<<"$(digest_lines 1)"
	expect_match stderr "*the profile ci does not sign at this time; \
allowed: $(other_day) 08:00-18:00 Europe/Berlin; next at \
$(LC_ALL=C TZ=UTC date -d "TZ=\"Europe/Berlin\" \
$(LC_ALL=C TZ=UTC date -d '+3 days' +%F) 08:00" +%FT%TZ)*" "$(cat "$ERR")"
	expect_match record "* reason=\"hours\" rule=\"profiles.d/demo.conf:3\"*" \
	    "$(grep ' DENY ' "$DIR/log/audit.log" | tail -n 1)"
}

out_of_hours_a_client_may_look_and_ask() {
	profile "hours = $(other_day) 00:00-24:00 UTC"
	expect_exit 0 sign_as "$DIR" build01 whoami </dev/null
	expect_exit 0 sign_as "$DIR" build01 pubkey p256 </dev/null
	expect_match keys "*state        hours: the profile ci does not sign \
at this time; allowed: $(other_day) 00:00-24:00 UTC; next at *" \
	    "$(sign_as "$DIR" build01 keys </dev/null)"
	expect_exit 77 sign_as "$DIR" build01 check -k p256 \
	    <<<"$(digest_lines 1)"
	expect_match stderr "*does not sign at this time*" "$(cat "$ERR")"
}

open_hours_sign() {
	profile "hours = Mon-Sun 00:00-24:00 America/New_York"
	expect_exit 0 sign_as "$DIR" build01 sign -k p256 <<<"$(digest_lines 1)"
	profile "hours = EST5EDT,M3.2.0,M11.1.0 Mon-Sun 00:00-24:00"
	expect_exit 0 sign_as "$DIR" build01 sign -k p256 <<<"$(digest_lines 1)"
}

a_request_that_is_under_way_ends_when_its_hours_do() {
	local status=0
	profile "hours = Mon-Sun 00:00-24:00 UTC"
	mux_open "$DIR" build01
	channel_open sign -k p256
	channel_ask "$(digest_lines 1)"
	profile "hours = $(other_day) 08:00-18:00 UTC"
	channel_end || status=$?
	expect "the channel's exit" 77 $status
}

a_zone_that_the_host_lacks_keeps_the_running_tree() {
	profile "hours = Mon-Sun 00:00-24:00 Europe/Berlin"
	printf '[profile ci]\nkeys = p256\nhours = Mon 08:00-09:00 Europe/Berlni\n' \
	    >"$DIR/profiles.d/demo.conf"
	expect_exit 1 "$CTL" -C "$DIR" check
	expect_match check "*profiles.d/demo.conf:3: profile ci: hours: time \
zone Europe/Berlni: No such file or directory*" "$(cat "$OUT" "$ERR")"
	expect_exit 1 "$CTL" -C "$DIR" reload
	expect_exit 0 sign_as "$DIR" build01 sign -k p256 <<<"$(digest_lines 1)"
}

cases closed_hours_refuse_and_tell_when_they_begin \
    out_of_hours_a_client_may_look_and_ask \
    open_hours_sign \
    a_request_that_is_under_way_ends_when_its_hours_do \
    a_zone_that_the_host_lacks_keeps_the_running_tree
