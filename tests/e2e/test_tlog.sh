#!/bin/bash
# Checkpoints and receipts as others check them: Go's packages for
# transparency logs, and by hand as the manual shows.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

MAKE_LOG=$B/tools/make_log
VERIFY=$DIR/verify
export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$DIR/cache

if ! go build -o "$VERIFY" "$TOP/tests/go/verify.go" >"$DIR/said" 2>&1; then
	echo "FAIL verify.go cannot be built: $(tail -n 1 "$DIR/said")"
	exit 1
fi

# A log, its key, its notes and a receipt, the same for all cases.
mkdir "$DIR/notes"
"$MAKE_LOG" -n 3000 -c 100 -r 700 -k "$DIR/key.pem" -v "$DIR/auditkey" \
    -N "$DIR/notes" -x 1234:"$DIR/receipt" "$DIR/audit.log" || exit
VKEY=$(cat "$DIR/auditkey")
NOTES=$(find "$DIR/notes" -type f -printf '%f\n' | sort -n)

# Each line of a file with one character changed, as $DIR/changed/NUMBER: in
# the middle, where no encoding lets it be anything.
change_lines() { # FILE
	rm -rf "$DIR/changed"
	mkdir "$DIR/changed"
	awk -v to="$DIR/changed/" '
	{ line[NR] = $0 }
	END {
		for (n = 1; n <= NR; n++) {
			at = int((length(line[n]) + 1) / 2)
			c = substr(line[n], at, 1) == "x" ? "y" : "x"
			out = to n
			for (i = 1; i <= NR; i++)
				print i != n ? line[i] : substr(line[i], 1,
				    at > 0 ? at - 1 : 0) c \
				    substr(line[i], at + 1) >out
			close(out)
		}
	}' "$1"
}

go_accepts_a_whole_log() {
	expect said "3000 records, $(grep -c ' CHECKPOINT \[' \
	    "$DIR/audit.log") checkpoints" \
	    "$("$VERIFY" log "$VKEY" "$DIR/audit.log")"
}

go_refuses_a_log_that_was_changed() {
	local line
	for line in 1 2 99 1233 2998 2999; do
		sed "${line}s/signer1/signer2/" "$DIR/audit.log" >"$DIR/bad"
		expect_exit 1 "$VERIFY" log "$VKEY" "$DIR/bad"
		sed "${line}d" "$DIR/audit.log" >"$DIR/bad"
		expect_exit 1 "$VERIFY" log "$VKEY" "$DIR/bad"
	done
}

# The old checkpoints in it, and every prev right: only the roots tell.
go_refuses_a_log_that_was_written_again() {
	"$MAKE_LOG" -n 3000 -c 100 -r 700 -H signer2 "$DIR/bad"
	"$VERIFY" log "$VKEY" "$DIR/bad" >/dev/null
	"$PYTHON" - "$DIR/bad" "$DIR/audit.log" "$DIR/mixed" <<-'END'
		import hashlib, re, sys
		new, old, out = sys.argv[1:]
		prev = "0" * 64
		with open(out, "w") as to:
		    for a, b in zip(open(new), open(old)):
		        line = b if " CHECKPOINT [" in b else a
		        line = re.sub(r' prev="[0-9a-f]{64}"\]',
		            f' prev="{prev}"]', line, count=1)
		        prev = hashlib.sha256(line[:-1].encode()).hexdigest()
		        to.write(line)
	END
	expect_exit 1 "$VERIFY" log "$VKEY" "$DIR/mixed"
	expect_match stderr "*the root is another*" "$(cat "$ERR")"
}

go_refuses_another_key() {
	"$MAKE_LOG" -n 16 -s 2 -v "$DIR/other" >/dev/null
	local other
	other=$(cat "$DIR/other")
	expect_exit 1 "$VERIFY" log "$other" "$DIR/audit.log"
	expect_exit 1 "$VERIFY" proof "$other" "$DIR/receipt"
}

go_accepts_every_checkpoint() {
	local size said
	for size in $NOTES; do
		said=$("$VERIFY" checkpoint "$VKEY" <"$DIR/notes/$size")
		expect size "$size" "${said%% *}"
	done
}

go_refuses_a_checkpoint_with_a_changed_line() {
	local file
	change_lines "$DIR/notes/2998"
	expect lines 5 "$(find "$DIR/changed" -type f | wc -l)"
	for file in "$DIR"/changed/*; do
		if "$VERIFY" checkpoint "$VKEY" <"$file" 2>/dev/null; then
			fail "$(cat "$file")"
		fi
	done
}

go_accepts_a_receipt() {
	expect record "$(sed -n 1234p "$DIR/audit.log")" \
	    "$("$VERIFY" proof "$VKEY" "$DIR/receipt")"
	# The first and the last record that the last checkpoint covers.
	local seq
	for seq in 1 2998; do
		"$MAKE_LOG" -n 3000 -c 100 -r 700 -x $seq:"$DIR/other" \
		    /dev/null
		expect record "$(sed -n ${seq}p "$DIR/audit.log")" \
		    "$("$VERIFY" proof "$VKEY" "$DIR/other")"
	done
}

go_refuses_a_receipt_with_a_changed_byte() {
	local len at c
	len=$(wc -c <"$DIR/receipt")
	for ((at = 0; at < len; at++)); do
		c=x
		[ "$(dd if="$DIR/receipt" bs=1 skip=$at count=1 \
		    2>/dev/null | tr -d '\0')" != x ] || c=y
		{
			head -c $at "$DIR/receipt"
			printf %s $c
			tail -c +$((at + 2)) "$DIR/receipt"
		} >"$DIR/bad"
		! "$VERIFY" proof "$VKEY" "$DIR/bad" >/dev/null 2>&1 ||
		    fail "byte $at may be $c"
	done
}

go_proves_that_each_checkpoint_grew_into_the_next() {
	local older='' newer
	for newer in $NOTES; do
		[ -z "$older" ] || "$VERIFY" consistency "$VKEY" \
		    "$DIR/audit.log" "$DIR/notes/$older" "$DIR/notes/$newer"
		older=$newer
	done
}

go_refuses_a_checkpoint_of_another_history() {
	mkdir "$DIR/fork"
	"$MAKE_LOG" -n 3000 -c 100 -r 700 -H signer2 -N "$DIR/fork" /dev/null
	expect_exit 1 "$VERIFY" consistency "$VKEY" "$DIR/audit.log" \
	    "$DIR/fork/1" "$DIR/notes/2998"
	expect_exit 1 "$VERIFY" consistency "$VKEY" "$DIR/audit.log" \
	    "$DIR/notes/1" "$DIR/fork/2998"
}

# A service with an audit key, in $DIR/service.
service() {
	instance_new "$DIR/service" p256
	instance_audit "$DIR/service"
	echo 'checkpoint-records = 50' >>"$DIR/service/countersign.conf"
	instance_start "$DIR/service"
	AT=$DIR/service
}

# As its log says: this is about all the rest.
service_key() {
	awk '$6 == "CHECKPOINT"' "$AT/log/audit.log" | head -n 1 |
	    grep -o ' auditkey="[^"]*"' | cut -d '"' -f 2
}

go_accepts_what_a_service_writes() {
	service
	digest_lines 40 | sign_ssh "$AT" sign -k p256 >/dev/null
	sign_ssh "$AT" log checkpoint </dev/null >"$AT/older"
	digest_lines 300 | sign_ssh "$AT" sign -k p256 >/dev/null
	sign_ssh "$AT" log checkpoint </dev/null >"$AT/newer"
	instance_stop "$AT"
	"$VERIFY" log "$(service_key)" "$AT/log/audit.log"
	"$VERIFY" consistency "$(service_key)" "$AT/log/audit.log" \
	    "$AT/older" "$AT/newer"
	cmp -s "$AT/older" "$AT/newer" && fail "one checkpoint"
	rm -rf "$AT"
}

go_accepts_the_receipts_of_a_service() {
	local receipt
	service
	mkdir "$AT/answers"
	digest_lines 40 | sign_ssh "$AT" sign -k p256 -o tar --receipt |
	    tar -x -C "$AT/answers"
	instance_stop "$AT"
	find "$AT/answers" -name '*.tlog-proof' >"$AT/receipts"
	expect receipts 40 "$(wc -l <"$AT/receipts")"
	while read -r receipt; do
		"$VERIFY" proof "$(service_key)" "$receipt" >"$AT/record"
		grep -qxF -f "$AT/record" "$AT/log/audit.log" ||
		    fail "$receipt: its record is not in the log"
		grep -q ' SIGN \[.* outcome="ok"' "$AT/record" ||
		    fail "$receipt: its record is of no signature"
	done <"$AT/receipts"
	rm -rf "$AT"
}

# What the manual tells to type, in a folder with the files that it names.
manual_commands() {
	mandoc -T ascii "$TOP/man/countersign-audit.7" | col -bx |
	    sed -n '/^VERIFYING BY HAND/,/^EXAMPLES/s/^ *\$ //p'
}

manual_folder() {
	local hand=$DIR/hand
	rm -rf "$hand"
	mkdir "$hand"
	# The same log in pieces, the first of them compressed.
	"$MAKE_LOG" -n 3000 -c 100 -r 700 -p 500 "$hand/audit.log"
	cmp -s "$DIR/audit.log" <(cat "$hand"/audit.log.*)
	gzip "$hand/audit.log.000000000001"
	cp "$DIR/auditkey" "$TOP/tests/go/verify.go" "$hand"
	cp "$DIR/receipt" "$hand/fw.bin.tlog-proof"
	cp "$DIR/notes/1" "$hand/older"
	cp "$DIR/notes/2998" "$hand/newer"
	manual_commands >"$hand/commands"
}

# The piece that is written, which has two names.
manual_change() { # SED-COMMAND
	sed -i "$1" "$DIR/hand/audit.log.000000002501"
	ln -f "$DIR/hand/audit.log.000000002501" "$DIR/hand/audit.log"
}

# The first two commands print one hash.
same_hash() {
	[ "$(sed -n '1s/ .*//p' "$DIR/hand/said")" = \
	    "$(sed -n 2p "$DIR/hand/said")" ]
}

the_manuals_commands_work() {
	manual_folder
	expect "commands" 17 "$(wc -l <"$DIR/hand/commands")"
	(cd "$DIR/hand" && sh -eu ./commands >said)
	cat "$DIR/hand/said"
	same_hash
	grep -q '^Signature Verified Successfully$' "$DIR/hand/said"
	grep -qF "$(sed -n 1234p "$DIR/audit.log")" "$DIR/hand/said"
	grep -q '^3000 records, ' "$DIR/hand/said"
	grep -q '^the first 1 of 2998 records are the same$' "$DIR/hand/said"
}

the_manuals_commands_see_a_change() {
	manual_folder
	manual_change 41s/signer1/signer2/
	(cd "$DIR/hand" && sh -eu ./commands >said 2>&1) && fail "no error"
	! same_hash || fail "the change is not seen"

	manual_folder
	manual_change '/ CHECKPOINT \[/s/size="2/size="1/'
	(cd "$DIR/hand" && sh -eu ./commands >said 2>&1) && fail "no error"
	grep -q '^Signature Verification Failure$' "$DIR/hand/said"
}

cases go_accepts_a_whole_log \
    go_refuses_a_log_that_was_changed \
    go_refuses_a_log_that_was_written_again \
    go_refuses_another_key \
    go_accepts_every_checkpoint \
    go_refuses_a_checkpoint_with_a_changed_line \
    go_accepts_a_receipt \
    go_refuses_a_receipt_with_a_changed_byte \
    go_proves_that_each_checkpoint_grew_into_the_next \
    go_refuses_a_checkpoint_of_another_history \
    go_accepts_what_a_service_writes \
    go_accepts_the_receipts_of_a_service \
    the_manuals_commands_work \
    the_manuals_commands_see_a_change
