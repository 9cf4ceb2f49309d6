#!/bin/bash
# The token as the service sees it: a wrong PIN, a missing key, a module that
# hangs or lies.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 || exit

# Puts the module that does wrong before SoftHSM; FAULTS says what.
faulty() { # WORDS
	FAULTS=$DIR/token/faults
	echo "$1" >"$FAULTS"
	chmod 0644 "$FAULTS"
	cp "$B/tools/module_fault" "$DIR/token/module_fault.so"
	chmod 0755 "$DIR/token/module_fault.so"
	cat >"$DIR/tokens.d/demo.conf" <<-END
		[token demo]
		module = ../token/module_fault.so
		token = demo
		pin-file = ../token/pin
		workers = 2
		timeout = 1s
		environment = SOFTHSM2_CONF=../token/softhsm2.conf FAULT_MODULE=$TOKEN_MODULE FAULT_FILE=$FAULTS
	END
}

fresh_records() {
	rm -rf "$DIR/log"
}

heal() {
	: >"$FAULTS"
}

sign_one() { # KEY
	digest_lines 1 | sign_ssh "$DIR" sign -k "$1"
}

works_again() {
	sign_one p256 >/dev/null 2>&1
}

a_wrong_pin_is_tried_once() {
	cp -p "$DIR/token/pin" "$DIR/token/pin.right"
	chmod 0600 "$DIR/token/pin"
	echo wrong-pin >"$DIR/token/pin"
	chmod 0400 "$DIR/token/pin"
	instance_start "$DIR"
	local round
	for round in 1 2 3; do
		echo "round $round"
		expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
		expect_match stderr "*PIN*" "$(cat "$ERR")"
	done
	instance_stop "$DIR"
	# Nor by a restart, nor by a reload, while the file is the same.
	instance_start "$DIR"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	"$CTL" -C "$DIR" reload
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	expect "logins refused by the token, on record" 1 \
	    "$(grep -c ' TOKEN .*CKR_PIN_INCORRECT' "$DIR/log/audit.log")"
	# An admin acts.
	cp -pf "$DIR/token/pin.right" "$DIR/token/pin"
	"$CTL" -C "$DIR" reload
	wait_for 10 works_again
	instance_stop "$DIR"
}

a_pin_that_others_can_read_is_refused() {
	chmod 0444 "$DIR/token/pin"
	instance_start "$DIR"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	chmod 0400 "$DIR/token/pin"
	instance_stop "$DIR"
	grep -q 'token/pin: .*chmod 0400' "$DIR/service.log"
}

the_service_starts_without_its_token() {
	mv "$DIR/token/tokens" "$DIR/token/away"
	instance_start "$DIR"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	expect_exit 0 sign_ssh "$DIR" whoami </dev/null
	mv "$DIR/token/away" "$DIR/token/tokens"
	wait_for 35 works_again
	instance_stop "$DIR"
}

a_module_that_hangs_is_replaced() {
	faulty ""
	instance_start "$DIR"
	sign_one p256 >/dev/null
	echo C_Sign=hang@3 >"$FAULTS"
	digest_lines 20 >"$DIR/lines"
	# Every third operation of a process hangs: all lines still get there,
	# because each is tried twice.
	local status=0
	sign_ssh "$DIR" sign -k p256 <"$DIR/lines" >"$DIR/out" \
	    2>"$DIR/err" || status=$?
	case $status in
	0) expect answers 20 "$(wc -l <"$DIR/out")" ;;
	69) expect_match stderr "*did not answer*" "$(cat "$DIR/err")" ;;
	*) fail "status $status" ;;
	esac
	heal
	wait_for 15 works_again
	instance_stop "$DIR"
	grep -q ' TOKEN ' "$DIR/log/audit.log"
}

a_module_that_dies_costs_no_answer() {
	faulty ""
	instance_start "$DIR"
	sign_one p256 >/dev/null
	echo C_Sign=crash >"$FAULTS"
	digest_lines 1 >"$DIR/line"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	expect stdout 0 "$(wc -c <"$OUT")"
	heal
	wait_for 15 works_again
	instance_stop "$DIR"
}

a_wrong_signature_never_leaves() {
	fresh_records
	faulty ""
	instance_start "$DIR"
	sign_one rsa3072 >/dev/null
	echo C_Sign=wrong >"$FAULTS"
	local key
	for key in rsa3072 p256; do
		expect_exit 69 sign_ssh "$DIR" sign -k $key <"$DIR/line"
		expect stdout 0 "$(wc -c <"$OUT")"
	done
	expect "good signatures on record" 1 \
	    "$(grep -c ' SIGN .*outcome="ok"' "$DIR/log/audit.log")"
	grep -q 'reason="token-wrong-answer"' "$DIR/log/audit.log"
	heal
	wait_for 15 works_again
	instance_stop "$DIR"
}

an_error_of_the_token_is_69_and_named_in_the_log() {
	faulty ""
	instance_start "$DIR"
	sign_one p256 >/dev/null
	echo C_Sign=rv:0x30 >"$FAULTS"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	heal
	wait_for 15 works_again
	instance_stop "$DIR"
	grep -q 'CKR_DEVICE_ERROR' "$DIR/service.log"
	grep -q 'reason="token-failed"' "$DIR/log/audit.log"
	grep -q "] C_Sign: CKR_DEVICE_ERROR" "$DIR/log/audit.log"
}

a_key_that_may_be_extracted_is_refused() {
	fresh_records
	faulty "C_GetAttributeValue=lie:0x162:1"
	instance_start "$DIR"
	expect_exit 69 sign_ssh "$DIR" sign -k p256 <"$DIR/line"
	instance_stop "$DIR"
	sed -i 's/^use = raw/&\nallow-extractable = yes/' "$DIR/keys.d/demo.conf"
	instance_start "$DIR"
	sign_one p256 >/dev/null
	instance_stop "$DIR"
	sed -i '/^allow-extractable/d' "$DIR/keys.d/demo.conf"
}

the_tokens_files_never_change() {
	find "$DIR/token/tokens" -type f -exec sha256sum {} + | sort \
	    >"$DIR/after"
	find "$INSTANCE_TOKEN/tokens" -type f -exec sha256sum {} + | sort \
	    >"$DIR/before"
	expect "the token's files" \
	    "$(cut -d ' ' -f 1 "$DIR/before")" "$(cut -d ' ' -f 1 "$DIR/after")"
}

digest_lines 1 >"$DIR/line"
cases a_wrong_pin_is_tried_once \
    a_pin_that_others_can_read_is_refused \
    the_service_starts_without_its_token \
    a_module_that_hangs_is_replaced \
    a_module_that_dies_costs_no_answer \
    a_wrong_signature_never_leaves \
    an_error_of_the_token_is_69_and_named_in_the_log \
    a_key_that_may_be_extracted_is_refused \
    the_tokens_files_never_change
