#!/bin/bash
# The records on another host: both ends as shipped, a network that is cut,
# and processes that are killed in the middle.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/syslog.sh
. "$TOP/tests/support/syslog.sh"

SEED=${SEED:-$RANDOM}
ROUNDS=10
DIGESTS=600 # in a round; in two connections

# Not in everybody's.
PATH=$PATH:/usr/sbin
if ! command -v syslog-ng >/dev/null; then
	echo "skip everything: no syslog-ng"
	exit 0
fi

instance_new "$DIR" p256 || exit
instance_audit "$DIR" || exit
cat >"$DIR/profiles.d/more.conf" <<'END'
[profile collector]
keys = p256
verbs = log
log = all

[profile loud]
keys = p256
notify = mail
END
instance_client "$DIR" collector collector || exit
instance_client "$DIR" loud loud || exit
# Several rotations, and pieces that vanish, perhaps before they were read.
cat >>"$DIR/countersign.conf" <<'END'
rotate-size = 1M
compress-after = 2s
checkpoint-records = 500
END
# The port is not known before it runs.
instance_start "$DIR" || exit
instance_stop "$DIR" || exit
sed -i "s/^listen = .*/listen = 127.0.0.1:$PORT/" "$DIR/countersign.conf"

ssh_words() {
	local word
	for word in $(ssh_options "$DIR" collector); do
		printf -- '--ssh-option %s ' "$word"
	done
}

# shellcheck disable=SC2046 # words
syslog_new --ask-interval 2s --ask sign@127.0.0.1 $(ssh_words) || exit

sign_some() { # COUNT
	local out=$DIR/signed.$BASHPID
	digest_lines "$1" | sign_ssh "$DIR" sign -k p256 -f raw >"$out"
	expect signatures "$1" "$(wc -l <"$out")"
}

# The newest piece may just have been begun.
last_seq() {
	find "$DIR/log" -name 'audit.log.????????????' | LC_ALL=C sort |
	    tail -n 2 | xargs -d '\n' tail -q -n 1 | grep countersign@ |
	    tail -n 1 | sed 's/.* seq="\([0-9]*\)".*/\1/'
}

stored_seq() {
	local newest
	newest=$(find "$DIR/store" -path '*/20*.json' | LC_ALL=C sort |
	    tail -n 1)
	[ -n "$newest" ] || return
	tail -n 1 "$newest" | sed 's/.*"event.sequence":\([0-9]*\).*/\1/'
}

is_stored() { # SEQ
	local seq
	seq=$(stored_seq)
	[ "${seq:-0}" -ge "$1" ]
}

wait_until_stored() { # SEQ
	wait_for 40 is_stored "$1" || {
		tail -n 20 "$DIR/store/store.log"
		fail "stored up to $(stored_seq), not to $1"
	}
}

whole_log() {
	local piece
	for piece in "$DIR"/log/audit.log.[0-9]*; do
		case $piece in
		*.gz) zcat "$piece" ;;
		*) cat "$piece" ;;
		esac
	done
}

# Byte for byte, once and in order.
store_is_the_log() { # LAST
	cat "$DIR"/store/20*/*.json | jq -r '."event.original"' |
	    head -n "$1" >"$DIR/stored"
	whole_log | head -n "$1" | cmp - "$DIR/stored"
	expect "records stored" "$1" "$(wc -l <"$DIR/stored")"
	"$CTL" log verify "$DIR"/store/20*/*.json
}

some_accident() {
	case $((RANDOM % 9)) in
	0) echo "collector: TERM" && syslog_stop collector &&
	    syslog_start collector ;;
	1 | 2) echo "collector: KILL" && syslog_stop collector KILL &&
	    syslog_start collector ;;
	3) echo "forwarder: TERM" && syslog_stop signer &&
	    syslog_start signer ;;
	4) echo "forwarder: KILL" && syslog_stop signer KILL &&
	    syslog_start signer ;;
	5) echo "network: cut" && relay_stop && relay_start ;;
	6) echo "network: hangs, then cut" && kill -STOP "$PID_relay" &&
	    sign_some 200 && relay_stop && relay_start ;;
	7) echo "collector: hangs, then KILL" &&
	    kill -STOP "$PID_collector" && sign_some 200 &&
	    syslog_stop collector KILL && syslog_start collector ;;
	8) echo "store: KILL" && kill -KILL "$(process_named \
	    "$PID_collector" "$CTL log store --host $SYSLOG_HOST ")" ;;
	esac
}

every_record_arrives_once_whatever_happens() {
	local round one two
	RANDOM=$SEED
	echo "seed $SEED"
	instance_start "$DIR"
	relay_start
	syslog_start collector
	syslog_start signer
	for ((round = 0; round < ROUNDS; round++)); do
		sign_some $((DIGESTS / 2)) &
		one=$!
		sign_some $((DIGESTS / 2)) &
		two=$!
		some_accident
		wait "$one"
		wait "$two"
	done
	wait_until_stored "$(last_seq)"
	# No accident any more, and nobody to be asked.
	instance_stop "$DIR"
	wait_until_stored "$(last_seq)"
	store_is_the_log "$(last_seq)"
}

# Seconds, as a decimal.
time_of() { # COMMAND...
	local start=$EPOCHREALTIME end
	"$@"
	end=$EPOCHREALTIME
	awk -v a="$start" -v b="$end" 'BEGIN { printf "%.3f", b - a }'
}

best_time() {
	local times
	times=$(time_of sign_some 3000; echo; time_of sign_some 3000; echo
		time_of sign_some 3000)
	echo "$times" | sort -n | head -n 1
}

at_most_twice() { # WHAT HEALTHY OTHER
	echo "$1: $3 s for 3000 signatures, $2 s with a healthy collector"
	awk -v a="$2" -v b="$3" 'BEGIN { exit b > 2 * a + 0.5 }' ||
	    fail "$1: signing takes longer"
}

a_dead_collector_delays_no_signature() {
	local healthy hangs absent
	instance_start "$DIR"
	relay_start
	syslog_start collector
	syslog_start signer
	healthy=$(best_time)
	kill -STOP "$PID_collector"
	hangs=$(best_time)
	syslog_stop collector KILL
	absent=$(best_time)
	syslog_stop signer
	at_most_twice "it hangs" "$healthy" "$hangs"
	at_most_twice "it is gone" "$healthy" "$absent"
	syslog_start collector
	syslog_start signer
	wait_until_stored "$(last_seq)"
	instance_stop "$DIR"
}

# A record of the host probe1, which no service writes.
probe() { # EVENT [NOTIFY]
	printf '<86>1 2026-11-21T03:37:23.123456Z %s countersign 812 %s ' \
	    "${PROBE_HOST:-probe1}" "$1"
	printf '[countersign@32473 seq="1"%s prev="%064d"] %s %s\n' \
	    "${2:+ notify=\"$2\"}" 0 "$1" "${2:-}"
}

send() { # [CERTIFICATE-FOLDER]
	"$PYTHON" "$TOP/tests/support/send_tls.py" "${TO:-$PROBE_PORT}" \
	    "$DIR/tls/ca.pem" ${1:+"$1/signer.pem" "$1/signer.key"}
}

has_lines() { # COUNT FILE
	[ "$(wc -l 2>/dev/null <"$2")" = "$1" ]
}

expect_list() { # NAME COUNT PATTERN
	wait_for 10 has_lines "$2" "$DIR/events/$1" ||
	    fail "$1: $(cat "$DIR/events/$1" 2>&1)"
	grep -Eq "$3" "$DIR/events/$1" || fail "$1 has no $3"
	expect "other lines in $1" 0 \
	    "$(grep -Evc "$3" "$DIR/events/$1" || :)"
}

routed_by_event_and_by_tag() {
	local event
	rm -rf "$DIR/events" "$DIR/mails"
	syslog_start collector
	{
		for event in START AUTH SIGN DENY AUTHFAIL RELOADFAIL LIMIT \
		    CLOCK SUSPEND RESUME CHECKPOINT; do
			probe "$event"
		done
		probe SIGN release
		probe SIGN 'release mail'
		probe SIGN 'mail other'
		probe SIGN '../../../passwd ..'
		probe SIGN '.. /etc/passwd'
		probe SIGN 'a/b mail/x'
	} | send "$DIR/tls/probe1"
	expect_list refusals.log 5 ' (DENY|AUTHFAIL|RELOADFAIL|LIMIT|CLOCK) '
	expect_list suspensions.log 2 ' (SUSPEND|RESUME) '
	expect_list checkpoints.log 1 ' CHECKPOINT '
	expect_list notify/release.log 2 'notify="release( mail)?"'
	expect_list notify/mail.log 2 'notify="(release mail|mail other)"'
	expect_list notify/other.log 1 'notify="mail other"'
	wait_for 10 has_lines 2 "$DIR/mails"
	expect mails "$(sort "$DIR/events/notify/mail.log")" \
	    "$(sort "$DIR/mails")"
	# No tag leaves its folder.
	expect files \
	    "checkpoints.log mail.log other.log refusals.log release.log suspensions.log" \
	    "$(cd "$DIR/events" && find . -type f -printf '%f\n' | sort |
		paste -s -d ' ')"
	expect "lines as they were" "$(probe CHECKPOINT)" \
	    "$(cat "$DIR/events/checkpoints.log")"
}

a_mail_for_each_record() {
	printf '#!/bin/sh\ncat >>"%s"\n' "$DIR/sent" >"$DIR/sendmail"
	chmod 755 "$DIR/sendmail"
	probe SIGN "mail \`id\` \$(id) %s\\n" |
	    SENDMAIL=$DIR/sendmail sh "$SYSLOG_CONF/collector-mail" root
	expect recipient "To: root" "$(head -n 1 "$DIR/sent")"
	expect record "$(probe SIGN "mail \`id\` \$(id) %s\\n")" \
	    "$(tail -n 1 "$DIR/sent")"
}

# Nobody writes into another's log.
strangers_are_not_stored() {
	rm -rf "$DIR/events"
	syslog_start collector
	probe DENY | send || :
	mkdir -p "$DIR/other"
	cp "$DIR/tls/ca.pem" "$DIR/other"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -subj /CN=probe1 -keyout "$DIR/other/signer.key" \
	    -out "$DIR/other/signer.pem" 2>/dev/null
	probe DENY | send "$DIR/other" || :
	# Another host's port, and another host's name on its own port.
	probe DENY | TO=$COLLECTOR_PORT send "$DIR/tls/probe1" || :
	PROBE_HOST=$SYSLOG_HOST probe DENY |
	    TO=$COLLECTOR_PORT send "$DIR/tls/probe1" || :
	PROBE_HOST=$SYSLOG_HOST probe DENY | send "$DIR/tls/probe1"
	expect_list strange.log 1 "127.0.0.1: <86>1 .* $SYSLOG_HOST "
	for version in -tls1 -tls1_1; do
		! openssl s_client -connect "127.0.0.1:$PROBE_PORT" \
		    -cert "$DIR/tls/probe1/signer.pem" \
		    -key "$DIR/tls/probe1/signer.key" "$version" \
		    -cipher DEFAULT@SECLEVEL=0 </dev/null >/dev/null 2>&1 ||
		    fail "$version"
	done
	expect lists 1 "$(find "$DIR/events" -type f | wc -l)"
}

# Neither does the signer speak to whoever answers.
a_false_collector_gets_nothing() {
	mv "$DIR/tls/collector" "$DIR/tls/true"
	cp -R "$DIR/tls/probe1" "$DIR/tls/collector"
	mv "$DIR/tls/collector/signer.pem" "$DIR/tls/collector/collector.pem"
	mv "$DIR/tls/collector/signer.key" "$DIR/tls/collector/collector.key"
	instance_start "$DIR"
	relay_start
	syslog_start collector
	syslog_start signer
	wait_for 20 grep -q 'does not match' "$DIR/syslog/signer.log" ||
	    fail "$(tail -n 5 "$DIR/syslog/signer.log")"
	rm -r "$DIR/tls/collector"
	mv "$DIR/tls/true" "$DIR/tls/collector"
}

syslog_certificates_are_private() {
	expect "readable keys" "" \
	    "$(find "$DIR/tls" -name '*.key' -perm /077)"
	expect_exit 64 "$TOP/scripts/make-syslog-certs" "$DIR/tls" a b
	expect_exit 64 "$TOP/scripts/make-syslog-certs" "$DIR/new" a
	expect_exit 64 "$TOP/scripts/make-syslog-certs" "$DIR/new" \
	    'a
b' c
	openssl verify -x509_strict -CAfile "$DIR/tls/ca.pem" \
	    "$DIR/tls/collector/collector.pem" \
	    "$DIR/tls/$SYSLOG_HOST/signer.pem"
}

cases every_record_arrives_once_whatever_happens \
    a_dead_collector_delays_no_signature \
    routed_by_event_and_by_tag \
    a_mail_for_each_record \
    strangers_are_not_stored \
    a_false_collector_gets_nothing \
    syslog_certificates_are_private
