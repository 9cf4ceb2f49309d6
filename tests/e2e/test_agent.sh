#!/bin/bash
# The verb agent, with the programs that build hosts have: ssh-add, ssh-keygen
# and git over a socket of systemd's.
# covers: src/session/agency.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

TYPES="rsa:3072 p256 p384 p521 ed25519"
KEYS="rsa3072 p256 p384 p521 ed25519"

write_tree() {
	local key
	for key in $KEYS; do
		cat <<-END
			[key $key]
			token = demo
			object = pkcs11:object=$key
			use = wrapped
			formats = sshsig
			namespaces = file, git
		END
	done >"$DIR/keys.d/demo.conf"
	cat >"$DIR/profiles.d/demo.conf" <<-END
		[profile ci]
		keys = $KEYS
		[profile git]
		keys = ed25519 p256
		namespaces = git
		[profile few]
		keys = p256
		per-day = 2
		[profile one]
		keys = p256
		[profile none]
		keys = p256
		verbs = sign, keys
		[profile bare]
		keys = p256
		namespaces = elsewhere
	END
}

# An agent's socket for CLIENT; its connections' standard error is $AGENT.err.
agent_start() { # CLIENT [WORD...]
	local client=$1
	shift
	AGENT=$DIR/agent.$BASHPID.$client
	SSH_AUTH_SOCK=$AGENT
	export SSH_AUTH_SOCK
	# shellcheck disable=SC2046 # a word each
	systemd-socket-activate -a --inetd -l "$AGENT" \
	    ssh $(ssh_options "$DIR" "$client") 127.0.0.1 agent "$@" \
	    </dev/null >/dev/null 2>"$AGENT.err" &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$AGENT"
}

# The line may come after the answer that the program saw.
told() { # OPTION PATTERN
	wait_for 5 grep "$1" -- "$2" "$AGENT.err"
}

# shellcheck disable=SC2086 # one word a type
instance_new "$DIR" $TYPES || exit
write_tree
for client in git few one none bare; do
	instance_client "$DIR" $client $client
done
instance_start "$DIR" || exit
for key in $KEYS; do
	sign_ssh "$DIR" pubkey "$key" --form ssh </dev/null >"$DIR/$key.pub"
	sign_ssh "$DIR" pubkey "$key" --form allowed-signers </dev/null
done >"$DIR/signers"
echo content >"$DIR/file"
ssh-keygen -q -t ed25519 -N '' -C stranger -f "$DIR/stranger"
mv "$DIR/stranger.pub" "$DIR/other.pub"

ssh_add_lists_the_keys_that_can_sign() {
	agent_start build01
	ssh-add -L >"$DIR/listed"
	local key
	for key in $KEYS; do
		cat "$DIR/$key.pub"
	done | cmp - "$DIR/listed"
	agent_start git -k p256
	ssh-add -L | cmp - "$DIR/p256.pub"
	agent_start bare
	expect_exit 1 ssh-add -L
	expect "said" "The agent has no identities." "$(cat "$OUT")"
	told -qx "countersign: no key of your profile can make SSH \
signatures now"
}

ssh_keygen_signs_with_each_key() {
	agent_start build01
	local key
	for key in $KEYS; do
		rm -f "$DIR/file.sig"
		ssh-keygen -q -Y sign -f "$DIR/$key.pub" -n file "$DIR/file"
		ssh-keygen -Y verify -f "$DIR/signers" -I "$key" -n file \
		    -s "$DIR/file.sig" <"$DIR/file"
		ssh-keygen -q -Y sign -f "$DIR/$key.pub" -n git \
		    -O hashalg=sha256 <"$DIR/file" >"$DIR/stdin.sig"
		ssh-keygen -Y verify -f "$DIR/signers" -I "$key" -n git \
		    -s "$DIR/stdin.sig" <"$DIR/file"
	done
}

git_in() { # WORD...
	git -C "$DIR/repo" -c gpg.format=ssh \
	    -c gpg.ssh.allowedSignersFile="$DIR/signers" \
	    -c user.name=Builder -c user.email=builder@example.org "$@"
}

git_signs_commits_and_tags() {
	agent_start git
	git -c init.defaultBranch=main init -q "$DIR/repo"
	local key
	for key in ed25519 p256; do
		echo $key >"$DIR/repo/file"
		git_in add file
		git_in -c user.signingkey="key::$(cat "$DIR/$key.pub")" \
		    commit -q -S -m "signed with $key"
		git_in verify-commit HEAD
		git_in -c user.signingkey="key::$(cat "$DIR/$key.pub")" \
		    tag -s -m "signed with $key" v-$key
		git_in verify-tag v-$key
	done
	git_in commit -q --amend --no-edit --no-gpg-sign
	! git_in verify-commit HEAD || exit
}

each_signature_is_on_record_as_any_other() {
	agent_start git
	rm -f "$DIR/file.sig"
	ssh-keygen -q -Y sign -f "$DIR/p256.pub" -n git \
	    "$DIR/file"
	local record
	record=$(grep ' SIGN ' "$DIR/log/audit.log" | tail -n 1)
	expect_match record '*profile="git"*principal="git"*verb="agent" *' \
	    "$record"
	expect_match record '*key="p256"*format="sshsig" namespace="git"*' \
	    "$record"
	expect_match record "*hash=\"sha512\" digest=\"$(sha512sum \
	    <"$DIR/file" | cut -d ' ' -f 1)\"*outcome=\"ok\"*" "$record"
	"$CTL" log verify "$DIR/log/audit.log" >/dev/null
}

a_namespace_that_is_not_granted_is_refused() {
	agent_start git
	rm -f "$DIR/file.sig"
	! ssh-keygen -Y sign -f "$DIR/p256.pub" -n file "$DIR/file" || exit
	[ ! -e "$DIR/file.sig" ] || fail "there is a signature"
	told -qx "countersign: you may not use namespace file with key p256; \
allowed: git"
	grep ' DENY ' "$DIR/log/audit.log" | tail -n 1 |
	    grep -q 'verb="agent".*asked-namespace="file".*reason="namespace"'
}

nothing_but_ssh_signatures_is_made() {
	agent_start build01
	! ssh-add -T "$DIR/p256.pub" || exit
	told -q '^countersign: agent: it makes SSH signatures'
	# A login with one of its keys, which sshd (here the signer) lets try.
	cat "$DIR/ed25519.pub" >"$DIR/id.pub"
	local before after
	before=$(records "$DIR" SIGN)
	! ssh -F none -p "$(cat "$DIR/port")" -l sign -i "$DIR/id.pub" \
	    -o IdentitiesOnly=yes -o IdentityAgent="$AGENT" -o BatchMode=yes \
	    -o StrictHostKeyChecking=yes -o HostKeyAlias=countersign \
	    -o UserKnownHostsFile="$DIR/client/known_hosts" 127.0.0.1 || exit
	after=$(records "$DIR" SIGN)
	expect signatures "$before" "$after"
}

keys_are_not_added_removed_or_locked() {
	agent_start build01
	! ssh-add "$DIR/stranger" || exit
	told -qx 'countersign: agent: keys cannot be added'
	! ssh-add -D || exit
	! ssh-add -d "$DIR/p256.pub" || exit
	told -qx 'countersign: agent: keys cannot be removed'
	! ssh-keygen -Y sign -f "$DIR/other.pub" -n file "$DIR/file" || exit
	ssh-add -L | grep -q p256
}

a_budget_counts_and_its_refusal_is_told() {
	agent_start few
	local i
	for i in 1 2; do
		ssh-keygen -q -Y sign -f "$DIR/p256.pub" -n file \
		    <"$DIR/file" >/dev/null
	done
	! ssh-keygen -q -Y sign -f "$DIR/p256.pub" -n file <"$DIR/file" || exit
	told -q '^countersign: .*day'
	grep ' DENY ' "$DIR/log/audit.log" | tail -n 1 |
	    grep -q 'verb="agent".*reason="per-day"'
}

a_suspended_key_signs_no_more_on_an_open_agent() {
	agent_start build01
	"$CTL" -C "$DIR" suspend key p384 --reason lost >/dev/null
	! ssh-keygen -q -Y sign -f "$DIR/p384.pub" -n file <"$DIR/file" || exit
	told -q '^countersign: the key p384 is suspended: lost'
	"$CTL" -C "$DIR" resume key p384 >/dev/null
	ssh-keygen -q -Y sign -f "$DIR/p384.pub" -n file <"$DIR/file" >/dev/null
}

a_profile_without_the_verb_has_no_agent() {
	expect_exit 77 sign_as "$DIR" none agent </dev/null
	expect_match text '*does not allow agent*' "$(cat "$ERR")"
	expect_exit 77 sign_ssh "$DIR" agent -k nokey </dev/null
	expect_exit 64 sign_ssh "$DIR" agent --namespace file </dev/null
	expect_exit 0 sign_as "$DIR" build01 agent -k p256 </dev/null
}

# Bytes of messages, as "11" or "27 0000" and so on: a type, and hex.
message() { # TYPE [HEX]
	local len=$((1 + ${#2} / 2))
	printf '%08x%02x%s' $len "$1" "$2"
}

bytes() {
	basenc -d --base16 -w 0 <<<"${*^^}"
}

many_messages_are_answered_in_order() {
	local list fail=0000000105 asked='' wanted i
	bytes "$(message 11 '')" >"$DIR/one"
	sign_ssh "$DIR" agent <"$DIR/one" >"$DIR/list"
	list=$(basenc --base16 -w 0 <"$DIR/list")
	for i in $(seq 300); do
		asked+=$(message 11 '')$(message 27 00)$(message 99 0102)
	done
	bytes "$asked" >"$DIR/many"
	expect_exit 0 sign_ssh "$DIR" agent <"$DIR/many"
	wanted=$(for i in $(seq 300); do printf %s "$list$fail$fail"; done)
	expect answers "$(sha256sum <<<"$wanted")" \
	    "$(basenc --base16 -w 0 <"$OUT" | sha256sum <(cat; echo) |
		cut -d ' ' -f 1)  -"
	expect lines 600 "$(wc -l <"$ERR")"
}

long_and_broken_messages_have_their_end() {
	local fail=0000000105
	{
		bytes "$(printf '%08x' 200000)1B"
		head -c 199999 /dev/zero
		bytes "$(message 22 '')"
	} >"$DIR/long"
	expect_exit 0 sign_ssh "$DIR" agent <"$DIR/long"
	expect answers "$fail$fail" "$(basenc --base16 -w 0 <"$OUT")"
	{
		bytes "$(message 22 '')$(printf '%08x' 262145)1B"
		head -c 1000 /dev/zero
	} >"$DIR/longer"
	expect_exit 65 sign_ssh "$DIR" agent <"$DIR/longer"
	expect answers "$fail" "$(basenc --base16 -w 0 <"$OUT")"
	bytes 000000050B >"$DIR/cut"
	expect_exit 65 sign_ssh "$DIR" agent <"$DIR/cut"
	bytes 00000000 >"$DIR/empty"
	expect_exit 65 sign_ssh "$DIR" agent <"$DIR/empty"
}

# One connection for both: what the client holds back is answered later.
a_slow_reader_gets_everything() {
	local asked i
	asked=$(for i in $(seq 2000); do printf 000000010B; done)
	bytes "$asked" >"$DIR/slow"
	sign_ssh "$DIR" agent -k rsa3072 <"$DIR/slow" |
	    { wait_for 1 false || :; cat; } >"$DIR/slow.out"
	expect bytes $((2000 * $(sign_ssh "$DIR" agent -k rsa3072 \
	    <"$DIR/one" | wc -c))) "$(wc -c <"$DIR/slow.out")"
}

channels_of_one_connection_are_agents_side_by_side() {
	local i pids=() mux=$DIR/mux
	# shellcheck disable=SC2046 # a word each
	ssh $(ssh_options "$DIR" build01) -M -S "$mux" -N 127.0.0.1 &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$mux"
	AGENT=$DIR/agent.mux
	systemd-socket-activate -a --inetd -l "$AGENT" \
	    ssh -F none -S "$mux" 127.0.0.1 agent \
	    </dev/null >/dev/null 2>"$AGENT.err" &
	INSTANCE_PIDS="$INSTANCE_PIDS $!"
	wait_for 10 test -S "$AGENT"
	export SSH_AUTH_SOCK=$AGENT
	for i in 1 2 3 4 5 6 7 8; do
		ssh-keygen -q -Y sign -f "$DIR/p256.pub" -n file \
		    <"$DIR/file" >"$DIR/mux.$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	for i in 1 2 3 4 5 6 7 8; do
		ssh-keygen -Y verify -f "$DIR/signers" -I p256 -n file \
		    -s "$DIR/mux.$i" <"$DIR/file"
	done
}

# What is shipped for a build host; here no user's systemd runs.
the_units_are_understood() {
	mkdir "$DIR/units" "$DIR/run-user"
	grep -v '^Documentation=' "$TOP/sshd-config/countersign-agent@.service" \
	    >"$DIR/units/countersign-agent@.service"
	cp "$TOP/sshd-config/countersign-agent.socket" "$DIR/units"
	XDG_RUNTIME_DIR=$DIR/run-user timeout 60 systemd-analyze --user verify \
	    "$DIR/units/countersign-agent.socket" \
	    "$DIR/units/countersign-agent@.service" >"$DIR/said" 2>&1 ||
	    fail "$(cat "$DIR/said")"
	expect said "" "$(cat "$DIR/said")"
	expect command "/usr/bin/ssh -T -o BatchMode=yes sign@signer agent" \
	    "$(sed -n 's/^ExecStart=//p' "$DIR/units/"*.service)"
}

the_commands_of_the_readme_work() {
	mkdir "$DIR/bin" "$DIR/readme"
	cat >"$DIR/bin/ssh" <<-END
		#!/bin/sh
		[ "\$1" = sign@signer ] && shift
		exec /usr/bin/ssh $(ssh_options "$DIR" one | tr '\n' ' ') \
		    127.0.0.1 "\$@"
	END
	chmod 0755 "$DIR/bin/ssh"
	cd "$DIR/readme" || exit
	git -c init.defaultBranch=main init -q
	git config user.name Builder
	git config user.email builder@example.org
	echo content | tee fw.bin >file
	git add file
	awk '/^## An ssh-agent/ { on = 1 } on && /^    / { print }
	    on && /^It makes/ { exit }' "$TOP/README.md" |
	    sed 's/release --form/p256 --form/' >commands
	[ "$(wc -l <commands)" = 6 ] || fail "README has other commands"
	{
		echo 'unset SSH_AUTH_SOCK'
		sed -n 1p commands
		echo 'echo $! >pid'
		echo 'while [ ! -S agent.sock ]; do kill -0 $!; sleep 0.02; done'
		sed 1d commands
	} >script
	PATH=$DIR/bin:$PATH bash -e script >signers
	INSTANCE_PIDS="$INSTANCE_PIDS $(cat pid)"
	ssh-keygen -Y verify -f signers -I p256 -n file -s fw.bin.sig <fw.bin
	git -c gpg.ssh.allowedSignersFile=signers verify-commit HEAD
}

cases ssh_add_lists_the_keys_that_can_sign \
    ssh_keygen_signs_with_each_key \
    git_signs_commits_and_tags \
    each_signature_is_on_record_as_any_other \
    a_namespace_that_is_not_granted_is_refused \
    nothing_but_ssh_signatures_is_made \
    keys_are_not_added_removed_or_locked \
    a_budget_counts_and_its_refusal_is_told \
    a_suspended_key_signs_no_more_on_an_open_agent \
    a_profile_without_the_verb_has_no_agent \
    many_messages_are_answered_in_order \
    long_and_broken_messages_have_their_end \
    a_slow_reader_gets_everything \
    channels_of_one_connection_are_agents_side_by_side \
    the_units_are_understood \
    the_commands_of_the_readme_work
