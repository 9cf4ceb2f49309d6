#!/bin/bash
# What was edited while the service was stopped is on record after its start.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" p256 || exit
instance_client "$DIR" leaver ci || exit

LOG=$DIR/log/audit.log

last_start() {
	grep ' START ' "$LOG" | tail -n 1
}

# So many records of restarts.
told() { # COUNT
	[ "$(grep -c ' why="start" ' "$LOG")" = "$1" ]
}

the_first_start_has_nothing_to_tell() {
	instance_start "$DIR"
	instance_stop "$DIR"
	case $(last_start) in
	*' changes='*) fail "$(last_start)" ;;
	esac
	told 0
	expect mode 600 "$(stat -c %a "$DIR/state/configuration")"
}

what_changed_is_told_once() {
	sed -i 's/^workers = .*/workers = 3/' "$DIR/tokens.d/demo.conf"
	sed -i '/ leaver$/d' "$DIR/authorized_keys.d/clients"
	echo '# nothing' >>"$DIR/profiles.d/demo.conf"
	instance_start "$DIR"
	wait_for 5 told 2
	expect answers 1 \
	    "$(digest_lines 1 | sign_ssh "$DIR" sign -k p256 | wc -l)"
	instance_stop "$DIR"
	expect_match START '* changes="2" *' "$(last_start)"
	expect_match token '*what="changed" object="token" of="demo" rule="tokens.d/*' \
	    "$(grep ' why="start" ' "$LOG" | grep token)"
	expect_match client '*what="lost" object="client" profile="ci" principal="leaver" fp="SHA256:*' \
	    "$(grep ' why="start" ' "$LOG" | grep client)"
	instance_start "$DIR"
	instance_stop "$DIR"
	expect_match START '* changes="0" *' "$(last_start)"
	told 2
}

what_a_reload_told_is_not_told_again() {
	instance_start "$DIR"
	instance_client "$DIR" newcomer ci
	"$CTL" -C "$DIR" reload
	instance_stop "$DIR"
	instance_start "$DIR"
	instance_stop "$DIR"
	expect_match START '* changes="0" *' "$(last_start)"
	told 2
}

a_file_that_was_cut_hinders_nothing() {
	truncate -s -1 "$DIR/state/configuration"
	instance_start "$DIR"
	instance_stop "$DIR"
	grep -q 'state/configuration: it was cut' "$DIR/service.log"
	case $(last_start) in
	*' changes='*) fail "$(last_start)" ;;
	esac
	told 2
}

the_chain_holds() {
	"$CTL" -C "$DIR" log verify
}

cases the_first_start_has_nothing_to_tell \
    what_changed_is_told_once \
    what_a_reload_told_is_not_told_again \
    a_file_that_was_cut_hinders_nothing \
    the_chain_holds
