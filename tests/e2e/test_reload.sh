#!/bin/bash
# A reload takes the whole tree or nothing, and nobody who may stay notices.
# covers: src/ctl/main.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 || exit
instance_client "$DIR" leaver ci || exit
instance_start "$DIR" || exit

reload() {
	"$CTL" -C "$DIR" reload
}

# A connection of CLIENT that stays open: HELD.
hold() { # CLIENT
	rm -f "$DIR/held.$1"
	SSH_MORE="-M -S $DIR/held.$1 -N" sign_as "$DIR" "$1" </dev/null \
	    2>"$DIR/held.err" &
	HELD=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $HELD"
	wait_for 10 test -S "$DIR/held.$1"
}

held_works() { # CLIENT
	ssh -F none -S "$DIR/held.$1" 127.0.0.1 whoami </dev/null | grep -q "$1"
}

a_new_client_may_come_at_once() {
	expect_exit 255 sign_as "$DIR" newcomer whoami </dev/null
	instance_client "$DIR" newcomer ci
	reload
	expect_exit 0 sign_as "$DIR" newcomer whoami </dev/null
}

a_removed_client_loses_its_open_connection_and_no_other() {
	hold build01
	hold leaver
	held_works leaver
	cp "$DIR/authorized_keys.d/clients" "$DIR/kept"
	sed -i '/ leaver$/d' "$DIR/authorized_keys.d/clients"
	reload
	wait "$HELD" && fail "it is still there"
	expect_exit 255 sign_as "$DIR" leaver whoami </dev/null
	held_works build01
	cp "$DIR/kept" "$DIR/authorized_keys.d/clients"
	reload
}

a_removed_client_gets_nothing_more_in_mid_batch() {
	digest_lines 5000 >"$DIR/lines"
	cp "$DIR/authorized_keys.d/clients" "$DIR/kept"
	rm -f "$DIR/answers"
	sign_as "$DIR" leaver sign -k rsa3072 <"$DIR/lines" >"$DIR/answers" \
	    2>"$DIR/err" &
	local batch=$!
	wait_for 10 test -s "$DIR/answers"
	sed -i '/ leaver$/d' "$DIR/authorized_keys.d/clients"
	reload
	wait $batch && fail "the batch went on"
	cp "$DIR/kept" "$DIR/authorized_keys.d/clients"
	reload
	[ "$(wc -l <"$DIR/answers")" -lt 5000 ] || fail "it was not in the middle"
	expect "signatures that were answered and not recorded" 0 \
	    "$(awk '{ print $3 }' "$DIR/answers" | while read -r name; do
		grep -q "principal=\"leaver\".* name=\"$name\"" \
		    "$DIR/log/audit.log" || echo "$name"
	    done | wc -l)"
}

a_profile_that_shrinks_holds_for_open_connections() {
	hold leaver
	cp "$DIR/profiles.d/demo.conf" "$DIR/kept.profile"
	cat >"$DIR/profiles.d/demo.conf" <<-'END'
		[profile ci]
		keys = rsa3072
		verbs = whoami sign
	END
	reload
	held_works leaver
	local status=0
	digest_lines 1 | ssh -F none -S "$DIR/held.leaver" 127.0.0.1 \
	    sign -k p256 2>"$DIR/err" || status=$?
	expect status 77 $status
	cp "$DIR/kept.profile" "$DIR/profiles.d/demo.conf"
	reload
}

a_bad_tree_keeps_the_running_one_and_says_so() {
	local before
	before=$(records "$DIR" RELOADFAIL)
	echo '[profile broken' >"$DIR/profiles.d/zz.conf"
	expect_exit 1 reload
	rm "$DIR/profiles.d/zz.conf"
	expect_match stderr "*profiles.d/zz.conf:1: *" "$(cat "$ERR" "$OUT")"
	told() {
		[ "$(records "$DIR" RELOADFAIL)" = $((before + 1)) ]
	}
	wait_for 5 told
	expect answers 1 \
	    "$(digest_lines 1 | sign_ssh "$DIR" sign -k p256 | wc -l)"
}

hup_reloads_too() {
	local before
	before=$(records "$DIR" RELOAD)
	kill -HUP "$(cat "$DIR/pid")"
	another() {
		[ "$(records "$DIR" RELOAD)" = $((before + 1)) ]
	}
	wait_for 10 another
}

what_needs_a_restart_is_refused() {
	local file
	for file in countersign.conf tokens.d/demo.conf; do
		cp "$DIR/$file" "$DIR/kept.file"
		sed -i 's/^workers = .*/workers = 3/;
		    s/^state-dir = .*/state-dir = elsewhere/' "$DIR/$file"
		expect_exit 1 reload
		expect_match stderr "*restart*" "$(cat "$ERR" "$OUT")"
		cp "$DIR/kept.file" "$DIR/$file"
	done
	reload
}

the_pin_is_not_asked_for_again() {
	mv "$DIR/token/pin" "$DIR/token/pin.away"
	reload
	expect answers 1 \
	    "$(digest_lines 1 | sign_ssh "$DIR" sign -k p256 | wc -l)"
	mv "$DIR/token/pin.away" "$DIR/token/pin"
}

a_batch_does_not_notice_a_reload() {
	digest_lines 2000 >"$DIR/lines"
	rm -f "$DIR/answers"
	sign_ssh "$DIR" sign -k rsa3072 <"$DIR/lines" >"$DIR/answers" &
	local batch=$! i
	wait_for 10 test -s "$DIR/answers"
	for i in 1 2 3 4 5; do
		reload >"$DIR/reloaded.$i"
	done
	wait $batch || fail "the batch"
	expect answers "$(sha256sum <"$DIR/lines")" \
	    "$(awk '{ print $1 "  " $3 }' "$DIR/answers" | sha256sum)"
}

a_key_added_to_the_tree_can_sign_at_once() {
	cat >"$DIR/keys.d/more.conf" <<-'END'
		[key second-name]
		token = demo
		object = pkcs11:object=p256
		use = raw
	END
	sed -i 's/^keys = .*/& second-name/' "$DIR/profiles.d/demo.conf"
	reload
	expect answers 1 \
	    "$(digest_lines 1 | sign_ssh "$DIR" sign -k second-name | wc -l)"
}

# The newest fingerprint that RELOAD or START has on record.
fingerprint() {
	sed -n 's/.* tree="\([0-9a-f]*\)".*/\1/p' "$DIR/log/audit.log" | tail -1
}

what_runs_is_kept_with_its_texts() {
	local kept="$DIR/state/running"
	is_kept() {
		[ "$(tail -n 1 "$kept")" = "end $(fingerprint)" ]
	}
	wait_for 5 is_kept
	echo "# another text, the same tree" >>"$DIR/profiles.d/demo.conf"
	reload
	wait_for 5 is_kept
	grep -q "^# another text" "$kept" || fail "the text is not there"
	echo '[profile broken' >"$DIR/profiles.d/zz.conf"
	expect_exit 1 reload
	rm "$DIR/profiles.d/zz.conf"
	is_kept || fail "a tree that was not taken is kept"
	expect mode 640 "$(stat -c %a "$kept")"
}

the_chain_holds_after_all_this() {
	"$CTL" log verify "$DIR/log/audit.log"
}

cases a_new_client_may_come_at_once \
    a_removed_client_loses_its_open_connection_and_no_other \
    a_removed_client_gets_nothing_more_in_mid_batch \
    a_profile_that_shrinks_holds_for_open_connections \
    a_bad_tree_keeps_the_running_one_and_says_so \
    hup_reloads_too \
    what_needs_a_restart_is_refused \
    the_pin_is_not_asked_for_again \
    a_batch_does_not_notice_a_reload \
    a_key_added_to_the_tree_can_sign_at_once \
    what_runs_is_kept_with_its_texts \
    the_chain_holds_after_all_this
