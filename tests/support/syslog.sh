# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Two syslog-ng with the shipped configuration and a network between them, for
# tests that have read case.sh and have an instance in DIR:
#
#	syslog_new [OPTION...]		certificates, folders, configuration;
#					OPTION for log store, besides --host
#	syslog_start signer|collector	its process: PID_signer, PID_collector
#	syslog_stop END [SIGNAL]	by that signal (TERM); returns once it
#					and its programs have gone
#	relay_start, relay_stop		the network; PID_relay
#
# The collector's store is DIR/store, its lists are in DIR/events.  Besides the
# host itself it knows a signer called probe1.

SYSLOG_CONF=$TOP/sshd-config/syslog-ng
# shellcheck disable=SC2034 # set by name
PID_collector='' PID_signer=''

free_port() {
	"$PYTHON" -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# The wrappers stand for the values files; all else is what is shipped.
signer_conf() {
	cat <<-END
		@version: 3.38
		@define countersign-log-dir "$DIR/log"
		@define countersign-log-name "audit.log"
		@define countersign-collector "localhost"
		@define countersign-port "$RELAY_PORT"
		@define countersign-tls-dir "$DIR/tls/$SYSLOG_HOST"
		@define countersign-buffer-dir "$DIR/syslog/signer"
		@define countersign-buffer-bytes "268435456"
		options { stats-freq(0); time-reopen(1); };
		@include "$SYSLOG_CONF/signer.conf"
	END
}

collector_conf() { # OPTION...
	cat <<-END
		@version: 3.38
		@define countersign-address "127.0.0.1"
		@define countersign-tls-dir "$DIR/tls/collector"
		@define countersign-store-dir "$DIR/store"
		@define countersign-event-dir "$DIR/events"
		@define countersign-ctl "$CTL"
		@define countersign-mail-tag "mail"
		@define countersign-mail-command "tee -a $DIR/mails"
		options { stats-freq(0); time-reopen(1); };
		@include "$SYSLOG_CONF/collector.conf"
		countersign-signer(
			name("$SYSLOG_HOST")
			port($COLLECTOR_PORT)
			options("$*")
		);
		countersign-signer(name("probe1") port($PROBE_PORT));
	END
}

# The address it must have is in the reopening time, which tests shorten.
syslog_new() { # OPTION...
	SYSLOG_HOST=$(uname -n)
	COLLECTOR_PORT=$(free_port) || return
	PROBE_PORT=$(free_port) || return
	RELAY_PORT=$(free_port) || return
	mkdir -p "$DIR/store" "$DIR/syslog/signer" "$DIR/syslog/collector"
	"$TOP/scripts/make-syslog-certs" "$DIR/tls" \
	    collector,localhost,127.0.0.1 "$SYSLOG_HOST" probe1 || return
	signer_conf | sed 's/time-reopen(5)/time-reopen(1)/' \
	    >"$DIR/syslog/signer.conf"
	collector_conf "$@" >"$DIR/syslog/collector.conf"
}

is_listening() { # PORT
	(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

syslog_start() { # END
	local at=$DIR/syslog/$1
	# With --no-caps no more than we have is asked for.
	syslog-ng --foreground --stderr --no-caps --cfgfile="$at.conf" \
	    --persist-file="$at/persist" --control="$at/control" \
	    --pidfile="$at/pid" >>"$at.log" 2>&1 </dev/null &
	eval "PID_$1=$!"
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	[ "$1" = signer ] || wait_for 10 is_listening "$PROBE_PORT" ||
	    fail "no collector: $(tail -n 5 "$at.log")"
}

all_gone() { # PID...
	local pid
	for pid; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done
}

syslog_stop() { # END [SIGNAL]
	local name=PID_$1 all
	all=$(instance_tree "${!name}")
	kill "-${2:-TERM}" "${!name}"
	wait "${!name}" || :
	# shellcheck disable=SC2086 # one word a process
	wait_for 10 all_gone $all || fail "left over: $(ps -fp $all)"
}

relay_says() {
	grep -qs '^port' "$DIR/syslog/relay"
}

relay_start() {
	"$PYTHON" "$TOP/tests/support/relay.py" "$RELAY_PORT" \
	    "$COLLECTOR_PORT" >"$DIR/syslog/relay" 2>&1 </dev/null &
	PID_relay=$!
	INSTANCE_PIDS="$INSTANCE_PIDS $PID_relay"
	wait_for 10 relay_says || fail "$(cat "$DIR/syslog/relay")"
}

relay_stop() {
	kill -KILL "$PID_relay"
	wait "$PID_relay" || :
}
