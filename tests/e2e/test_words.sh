#!/bin/bash
# The man pages know every word that the code does: what a user can write, and
# what a user can read.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
cd "$TOP" || exit

# The page as a reader sees it, on one line and without its typography.
page() { # FILE
	mandoc -Tascii -O width=1000 "man/$1" | sed 's/.\x08//g' | tr -s ' \n' '  '
}

# Each word on standard input stands in the page; at least COUNT came, so that
# a changed source cannot make this test say nothing.
all_in() { # FILE COUNT
	local text word count=0 missing=
	text=$(page "$1")
	while read -r word; do
		count=$((count + 1))
		grep -qE -- "(^|[^A-Za-z0-9-]|--)$word([^A-Za-z0-9-]|\$)" \
		    <<<"$text" || missing="$missing $word"
	done
	[ -z "$missing" ] || fail "man/$1 does not mention$missing"
	[ $count -ge "$2" ] || fail "only $count words were found in the code"
}

# The first string of each row of a C table: { "word", …
rows() { # FILE...
	sed -nE 's/^.*[[:space:]]\{ "([a-z0-9:-]+)",.*/\1/p' "$@"
}

every_reason_is_in_the_protocol_page() {
	sed -nE 's/^.*X\([A-Z_]+, "([a-z-]+)".*/\1/p' src/base/reason.h |
	    all_in countersign-protocol.7 30
}

every_verb_is_in_the_protocol_page() {
	sed -nE 's/.*\[VERB_[A-Z]+\] = \{ "([a-z]+)",.*/\1/p' \
	    src/policy/verb.c | all_in countersign-protocol.7 7
}

every_option_is_in_the_protocol_page() {
	sed -n '/ options\[\] = {/,/^};/p' src/policy/option.c | rows |
	    sed 's/^/--/' | all_in countersign-protocol.7 9
}

every_format_is_in_the_page_of_formats() {
	sed -nE 's/^.*\.name = "([a-z0-9-]+)".*/\1/p' src/format/*.c |
	    all_in countersign-formats.7 3
}

every_hash_and_output_is_in_the_protocol_page() {
	sed -nE 's/.*\[(HASH_[SB]|OUTPUT_).*= \{? ?"([a-z0-9-]+)".*/\2/p' \
	    src/base/words.c | all_in countersign-protocol.7 11
}

every_word_of_the_service_is_in_its_page() {
	rows src/policy/server.c src/policy/tokens.c src/policy/keys.c \
	    src/policy/limits.c src/policy/generations.c |
	    all_in countersign.conf.5 55
}

every_word_of_a_profile_is_in_its_page() {
	rows src/policy/profiles.c src/policy/limits.c |
	    all_in countersign-profile.5 24
}

every_word_of_a_tenant_is_in_its_page() {
	rows src/policy/tenants.c | all_in countersign-tenant.5 4
}

every_key_type_is_in_the_profile_page() {
	grep -ohE '"(ssh|ecdsa|sk)-[a-z0-9@.-]+"' src/policy/keyblob.c |
	    tr -d '"' | grep -vE 'cert|dss' | sort -u |
	    all_in countersign-profile.5 6
}

every_event_and_field_is_in_the_audit_page() {
	{
		sed -nE 's/.*\[EVENT_[A-Z]+\] = \{ "([A-Z]+)".*/\1/p' \
		    src/audit/event.c
		sed -nE 's/.*record_add[a-z_]*\(r, "([a-z-]+)".*/\1/p' \
		    src/broker/*.c
	} | sort -u | all_in countersign-audit.7 55
}

every_kind_of_fault_is_in_the_audit_page() {
	sed -nE 's/.*\[FAULT_[A-Z]+\] = "([a-z]+)".*/\1/p' src/audit/fault.c |
	    all_in countersign-audit.7 11
}

every_member_of_a_verdict_is_in_the_ctl_page() {
	sed -nE 's/.*json_(text|number)\(.*"([a-z-]+)",.*/\2/p' \
	    src/ctl/log_verify.c | all_in countersignctl.8 11
}

every_key_attribute_and_change_is_in_the_audit_page() {
	{
		sed -nE 's/.*\[ATTRIBUTE_[A-Z_]+\] = "([a-z-]+)".*/\1/p' \
		    src/base/words.c
		sed -nE 's/.*\[CHANGE_[A-Z_]+\] = "([a-z-]+)".*/\1/p' \
		    src/policy/change.c
	} | all_in countersign-audit.7 14
}

every_option_of_the_daemon_is_in_its_page() {
	sed -nE 's/.*getopt\(argc, argv, "\+([A-Za-z:]+)".*/\1/p' \
	    src/listener/options.c | grep -o '[A-Za-z]' | sed 's/^/-/' >"$DIR/w"
	# In the synopsis, flags that take nothing share a dash.
	grep -vE '^-[Dt]$' "$DIR/w" | all_in countersignd.8 2
	page countersignd.8 | grep -qE -- '-D +Stay'
	page countersignd.8 | grep -qE -- '-t +Test'
}

every_verb_and_option_of_the_admin_is_in_its_page() {
	rows src/ctl/main.c src/ctl/log.c src/ctl/token.c |
	    all_in countersignctl.8 18
}

every_question_about_records_is_in_the_page_of_the_admin() {
	rows src/ctl/log_show.c src/ctl/log_who.c src/ctl/log_store.c |
	    sed 's/^/--/' | sort -u | all_in countersignctl.8 25
}

every_name_in_json_is_in_the_audit_page() {
	{
		grep -oE '"@?[a-z]+\.[a-z.]+"' src/review/json.c |
		    grep -v countersign
		echo '@timestamp message'
	} | tr -d '"' | tr ' ' '\n' | sed 's/\.$//; s/\./\\./g' | sort -u |
	    all_in countersign-audit.7 17
}

every_option_of_csign_is_in_its_page() {
	{
		sed -n '/^takes_value()/,/^}/p; /^set_flag()/,/^}/p' \
		    scripts/csign | grep -oE -- '--[a-z-]+'
		sed -nE 's/^.*\$\{(CSIGN_[A-Z_]+).*/\1/p' scripts/csign
	} | sort -u | all_in csign.1 20
}

every_format_of_csign_is_in_its_page() {
	sed -n '/^format_facts()/,/^}/p' scripts/csign |
	    sed -nE 's/^\t([a-z0-9 |-]+)\).*/\1/p' | tr -d ' ' | tr '|' '\n' |
	    all_in csign.1 10
}

every_page_is_clean() {
	mandoc -Tlint -Wwarning man/*
}

cases every_reason_is_in_the_protocol_page \
    every_verb_is_in_the_protocol_page \
    every_option_is_in_the_protocol_page \
    every_format_is_in_the_page_of_formats \
    every_hash_and_output_is_in_the_protocol_page \
    every_word_of_the_service_is_in_its_page \
    every_word_of_a_profile_is_in_its_page \
    every_word_of_a_tenant_is_in_its_page \
    every_key_type_is_in_the_profile_page \
    every_event_and_field_is_in_the_audit_page \
    every_key_attribute_and_change_is_in_the_audit_page \
    every_kind_of_fault_is_in_the_audit_page \
    every_member_of_a_verdict_is_in_the_ctl_page \
    every_option_of_the_daemon_is_in_its_page \
    every_verb_and_option_of_the_admin_is_in_its_page \
    every_question_about_records_is_in_the_page_of_the_admin \
    every_name_in_json_is_in_the_audit_page \
    every_option_of_csign_is_in_its_page \
    every_format_of_csign_is_in_its_page \
    every_page_is_clean
