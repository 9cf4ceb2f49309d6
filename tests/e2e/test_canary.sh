#!/bin/bash
# The service tries its keys: when an admin asks, and by itself.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

instance_new "$DIR" rsa:3072 p256 || exit
# The formats that there are grow.
sed -i "s/^use = raw\$/&\nformats = raw raw-pss p1363/" "$DIR/keys.d/demo.conf"
mkdir "$DIR/faults"
cp "$B/tools/module_fault" "$DIR/token/module_fault.so"
chmod 0755 "$DIR/token/module_fault.so"
sed -i "s|^module = .*|module = ../token/module_fault.so|
s|^environment = .*|& FAULT_MODULE=$TOKEN_MODULE \
FAULT_FILE=../token/faults|" "$DIR/tokens.d/demo.conf"
: >"$DIR/token/faults"
chmod 0644 "$DIR/token/faults"
instance_start "$DIR" || exit

ctl() {
	"$CTL" -C "$DIR" "$@"
}

tests_well() { # KEY
	ctl test "$1" >"$DIR/said" 2>"$DIR/err"
}

round() { # WHAT
	ctl status | grep -qE "^canary: every 1 s, last round $1"
}

token_records() { # WHAT
	grep ' TOKEN \[' "$DIR/log/audit.log" | grep "what=\"$1\"" || :
}

every_format_and_hash_is_tried() {
	local format hash
	ctl test rsa3072 >"$DIR/said"
	for format in raw raw-pss; do
		for hash in sha256 sha384 sha512; do
			grep -qE "^rsa3072 $format $hash: ok, [0-9]+ us\$" \
			    "$DIR/said"
		done
	done
	expect lines 6 "$(wc -l <"$DIR/said")"
	ctl test p256 --json | $PYTHON -c '
import json, sys
tests = json.load(sys.stdin)
assert sorted((t["format"], t["hash"]) for t in tests) == [
    (f, h) for f in ("p1363", "raw") for h in ("sha256", "sha384", "sha512")]
for t in tests:
    assert t["key"] == "p256" and t["outcome"] == "ok" and t["us"] > 0, t
    assert t["fingerprint"].startswith("SHA256:"), t'
}

a_test_is_on_record_and_no_signature_is() {
	local before
	before=$(records "$DIR" SIGN)
	ctl test p256 >"$DIR/said"
	recorded() {
		token_records test | grep 'key="p256"' |
		    grep 'probes="6" by="root\|probes="6" by="uid' |
		    grep -q 'outcome="ok"'
	}
	wait_for 5 recorded
	expect signatures "$before" "$(records "$DIR" SIGN)"
	ctl status | grep -q '^signatures: 0\|, 0 signatures' ||
	    ctl status --json | grep -q '"signatures":0,'
}

what_cannot_be_tested_is_refused() {
	expect_exit 1 ctl test nothing
	expect_match stderr "*nothing is not in the running tree*" \
	    "$(cat "$ERR")"
	expect_exit 64 ctl test
	expect_exit 64 ctl test p256 rsa3072
	ctl suspend key p256 --reason "a test"
	expect_exit 77 ctl test p256
	ctl resume key p256
}

a_token_that_signs_wrongly_fails_the_test() {
	echo C_Sign=wrong >"$DIR/token/faults"
	expect_exit 69 ctl test rsa3072
	grep -q '^rsa3072 raw sha256: failed, token-wrong-answer: ' "$OUT"
	grep -q '^rsa3072 raw-pss sha512: untried$' "$OUT"
	expect stderr "rsa3072: 1 of 1 failed" "$(cat "$ERR")"
	: >"$DIR/token/faults"
	recorded() {
		token_records test | grep -q \
		    'key="rsa3072".*outcome="failed" reason="token-wrong-answer"'
	}
	wait_for 5 recorded
	wait_for 10 tests_well rsa3072
}

a_generation_to_come_is_tested_too() {
	cat >"$DIR/keys.d/next.conf" <<-'END'
		[generation next]
		key = p256
		object = pkcs11:object=rsa3072
		start = 2100-01-01
	END
	ctl reload
	wait_for 10 tests_well p256
	grep -q '^p256 raw sha256: ok' "$DIR/said"
	grep -q '^p256 generation next raw-pss sha256: ok' "$DIR/said"
	sed -i 's/=rsa3072/=nowhere/' "$DIR/keys.d/next.conf"
	ctl reload
	missing() {
		ctl test p256 >"$DIR/said" 2>"$DIR/err" ||
		    grep -q '^p256 generation next: failed, key-missing: ' \
			"$DIR/said"
	}
	wait_for 5 missing
	grep -q '^p256 raw sha256: ok' "$DIR/said"
	rm "$DIR/keys.d/next.conf"
	ctl reload
}

canary_records() { # OUTCOME
	token_records canary | grep -c "outcome=\"$1\"" || :
}

it_tries_by_itself_and_tells_of_changes_only() {
	ctl status | grep -q '^canary: every 3600 s, no round yet$'
	printf '[limits]\ncanary = 1s\n' >>"$DIR/countersign.conf"
	ctl reload
	wait_for 10 round '.*: 2 ok, 0 failed, 0 skipped$'
	expect records 0 "$(token_records canary | wc -l)"
	echo C_Sign=wrong >"$DIR/token/faults"
	wait_for 10 round '.*, [12] failed, '
	ctl status | grep -q '^  the canary failed .*: token-wrong-answer: '
	: >"$DIR/token/faults"
	wait_for 15 round '.*: 2 ok, 0 failed, 0 skipped$'
	recovered() {
		local failed
		failed=$(canary_records failed)
		[ "$failed" -gt 0 ] && [ "$(canary_records ok)" -gt 0 ]
	}
	wait_for 5 recovered
	grep -q 'key .* does not sign: ' "$DIR/service.log"
	grep -q 'key .* signs again' "$DIR/service.log"
	ctl status --json | $PYTHON -c '
import json, sys
status = json.load(sys.stdin)
assert status["canary"]["interval"] == 1, status["canary"]
for key in status["keys"]:
    assert key["canary"]["state"] == "ok" and key["canary"]["time"], key'
}

what_is_suspended_is_passed_over() {
	ctl suspend key p256 --reason "a test"
	wait_for 10 round '.*: 1 ok, 0 failed, 1 skipped$'
	ctl resume key p256
	wait_for 10 round '.*: 2 ok, 0 failed, 0 skipped$'
}

never_is_never() {
	sed -i 's/^canary = .*/canary = never/' "$DIR/countersign.conf"
	ctl reload
	ctl status | grep -q '^canary: never$'
}

the_chain_holds_after_all_this() {
	ctl log verify "$DIR/log/audit.log"
}

cases every_format_and_hash_is_tried \
    a_test_is_on_record_and_no_signature_is \
    what_cannot_be_tested_is_refused \
    a_token_that_signs_wrongly_fails_the_test \
    a_generation_to_come_is_tested_too \
    it_tries_by_itself_and_tells_of_changes_only \
    what_is_suspended_is_passed_over \
    never_is_never \
    the_chain_holds_after_all_this
