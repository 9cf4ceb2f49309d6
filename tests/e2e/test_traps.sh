#!/bin/bash
# The sample tree with one mistake at a time: check says which, and where.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
umask 022

# A fresh copy of what is shipped: TREE.
sample() {
	TREE=$DIR/tree
	rm -rf "$TREE"
	mkdir "$TREE"
	cp -R "$TOP/keys-layout/." "$TREE"
	cp "$TOP/sshd-config/countersign.conf" "$TREE"
	chmod -R u=rwX,go=rX "$TREE"
}

KEYS=keys.d/release.conf PROFILES=profiles.d/ci-release.conf
TOKENS=tokens.d/demo.conf CLIENTS=authorized_keys.d/build
SERVER=countersign.conf

# The number of the first line that matches.
line_of() { # FILE PATTERN
	grep -n -m 1 -- "$2" "$TREE/$1" | cut -d : -f 1
}

# check refuses the tree as it is, with this among what it says; "LINE" in it
# is the number of the file's first line that matches.
refused() { # FILE PATTERN EXPECTED
	local wanted=$3 status=0
	[ -z "$2" ] || wanted=${wanted//LINE/$(line_of "$1" "$2")}
	"$CTL" -C "$TREE" check >"$DIR/said" 2>&1 || status=$?
	[ $status = 1 ] || fail "status $status for: $wanted"
	grep -qF -- "$wanted" "$DIR/said" ||
	    fail "expected: $wanted
got: $(head -n 5 "$DIR/said")"
}

# One mistake, made by a sed script.
trap_in() { # FILE SCRIPT PATTERN EXPECTED
	sample
	sed -i "$2" "$TREE/$1"
	refused "$1" "$3" "$4"
}

the_sample_itself_has_none() {
	sample
	"$CTL" -C "$TREE" check
}

words_and_sections() {
	trap_in $PROFILES 's/^names = /nmaes = /' '^nmaes' \
	    "$PROFILES:LINE: unknown word nmaes; known: "
	trap_in $PROFILES 's/^\[profile reviewer\]/[profil reviewer]/' \
	    '^\[profil r' "$PROFILES:LINE: unknown section [profil reviewer]"
	trap_in $PROFILES 's/^\[profile reviewer\]/[key reviewer]/' \
	    '^\[key r' "$PROFILES:LINE: section [key] belongs in keys.d"
	trap_in $PROFILES 's/^\[profile reviewer\]/[profile]/' \
	    '^\[profile\]' "$PROFILES:LINE: section [profile] needs a name"
	trap_in $PROFILES 's/^\[profile reviewer\]/[profile ci-release]/' \
	    '' "section [profile ci-release] was already given in line"
	trap_in $PROFILES 's/^\[profile reviewer\]/[profile reviewer] x/' \
	    '^\[profile reviewer\]' "$PROFILES:LINE: "
	trap_in $PROFILES 's/^\[profile reviewer\]/[profile reviewer/' \
	    '^\[profile reviewer' "$PROFILES:LINE: "
	trap_in $SERVER 's/^\[limits\]/[limit]/' '^\[limit\]' \
	    "$SERVER:LINE: unknown section [limit]"
	trap_in $KEYS 's/^use = raw/use = row/' '^use = row' \
	    "$KEYS:LINE: use must be raw, wrapped or audit"
	trap_in $KEYS '0,/^use = raw/s//&\nuse = raw/' '' "use was already given in line"
	sample
	cp "$TREE/$KEYS" "$TREE/keys.d/a-copy.conf"
	refused $KEYS '' "key release is already defined in keys.d/a-copy.conf:"
	trap_in $KEYS '/^\[key release\]/d' '^token = demo' \
	    "$KEYS:LINE: "
}

limits_that_bound_nothing() {
	trap_in $PROFILES '/^rate = /d' '^burst' \
	    "$PROFILES:LINE: profile ci-release: burst needs a rate"
	trap_in $PROFILES 's/^rate = .*/rate = 300/' '^rate' \
	    "$PROFILES:LINE: rate must be lines and a time"
	trap_in $PROFILES 's/^priority = .*/priority = highest/' '^priority' \
	    "$PROFILES:LINE: priority must be high, normal or low"
	trap_in $PROFILES 's/^hours = \(.*\) Europe.*/hours = \1/' '^hours' \
	    "$PROFILES:LINE: hours: no time zone"
	trap_in $PROFILES 's/^hours = .*/hours = Mon-Fri 07:00-19:00 CEST/' \
	    '^hours' "$PROFILES:LINE: profile reviewer: hours: time zone CEST"
	trap_in $PROFILES 's/^hours = Mon-Fri 07:00-19:00/hours = Mon-Fri 7-19/' \
	    '^hours' "$PROFILES:LINE: \"Mon-Fri 7-19, "
	trap_in $PROFILES 's/^require-second = .*/require-second = desk/' \
	    '^require' "$PROFILES:LINE: profile desk: require-second must name"
	trap_in $PROFILES 's/^require-second = .*/require-second = boss/' \
	    '^require' "there is no profile boss"
	trap_in $PROFILES 's/^#digests-from = !.*/digests-from = !was-rebuilt/' \
	    '^digests' "$PROFILES:LINE: digests-from: a command is !/PATH"
	trap_in $PROFILES 's/^env = .*/env = CI=1/' '^env' \
	    "$PROFILES:LINE: env: "
	trap_in $PROFILES 's/^names = .*/names = [a-z/' '^names = \[' \
	    "$PROFILES:LINE: \"[a-z\" has a '[' without its ']'"
	trap_in $KEYS 's/^verbs = .*/verbs = sign log/' '^verbs' \
	    "$KEYS:LINE: key release: the verb log names no key"
	sample
	echo 'rate = 1/s' >>"$TREE/keys.d/audit.conf"
	refused keys.d/audit.conf '^use' \
	    "keys.d/audit.conf:LINE: key audit has use = audit: rate is for"
}

lines_that_other_readers_would_misread() {
	trap_in $PROFILES 's/^verbs = /  verbs = /' '^  verbs' \
	    "$PROFILES:LINE: "
	trap_in $PROFILES 's/^verbs = /verbs : /' '^verbs :' \
	    "$PROFILES:LINE: "
	trap_in $PROFILES 's/^verbs = .*/verbs =/' '^verbs =$' \
	    "$PROFILES:LINE: "
	trap_in $PROFILES 's/^max-lines = 5000/& ; a comment/' '^max-lines' \
	    "$PROFILES:LINE: "
	trap_in $PROFILES 's/^max-lines = 5000/& # a comment/' '^max-lines' \
	    "$PROFILES:LINE: "
	trap_in $PROFILES 's/^verbs = /verbs\x00 = /' '' "$PROFILES"
	trap_in $PROFILES '1s/^/\xef\xbb\xbf/' '' "$PROFILES:1: "
	trap_in $PROFILES 's/^names = .*/names = \xff*/' '^names' \
	    "$PROFILES"
	sample
	printf '[profile long]\nkeys = %s\n' \
	    "$(head -c 100000 /dev/zero | tr '\0' x)" \
	    >"$TREE/profiles.d/long.conf"
	refused "profiles.d/long.conf" '' "profiles.d/long.conf:2: "
}

# A long comment must not become configuration behind our back.
a_long_comment_stays_one() {
	sample
	printf '# %s\nformats = everything\n' \
	    "$(head -c 197 /dev/zero | tr '\0' x)formats = raw" \
	    >>"$TREE/$PROFILES"
	refused $PROFILES '^formats = everything' \
	    "$PROFILES:LINE: unknown format \"everything\""
}

values() {
	trap_in $PROFILES 's/^max-lines = .*/max-lines = 0/' '^max-lines' \
	    "$PROFILES:LINE: max-lines must be a number from 1"
	trap_in $PROFILES 's/^max-lines = .*/max-lines = 5k/' '^max-lines' \
	    "$PROFILES:LINE: max-lines must be a number"
	trap_in $PROFILES 's/^from = .*/from = 10.2.0.0\/33/' '^from' \
	    "$PROFILES:LINE: "
	trap_in $PROFILES 's/^from = .*/from = 10.2.0.1\/16/' '^from' \
	    "$PROFILES:LINE: "
	trap_in $PROFILES 's/^hashes = .*/hashes = sha1/' '^hashes' \
	    "$PROFILES:LINE: sha1 is broken and never signed"
	trap_in $PROFILES 's/^formats = .*/formats = pgp/' '^formats' \
	    "$PROFILES:LINE: unknown format \"pgp\""
	trap_in $PROFILES 's/^keys = release$/keys = relase/' '^keys = relase' \
	    "$PROFILES:LINE: profile ci-release: there is no key relase"
	trap_in $PROFILES 's/^keys = release$/keys = audit/' '^keys = audit' \
	    "$PROFILES:LINE: profile ci-release: key audit has use = audit"
	trap_in $PROFILES 's/^formats = raw$/formats = p1363/' \
	    '^formats = p1363' "$PROFILES:LINE: profile ci-release: format p1363"
	trap_in $PROFILES 's/^default = .*/default = sign -k nightly/' \
	    '^default' "$PROFILES:LINE: profile ci-release: its default would"
	trap_in $PROFILES 's/^default = .*/default = whoami/' '^default' \
	    "$PROFILES:LINE: default must be a sign, check or tsa command"
	trap_in $KEYS 's/^not-after = .*/not-after = 2026-01-01/' '^not-after' \
	    "$KEYS:LINE: key release: not-after is not later than not-before"
	trap_in $KEYS 's/^not-before = .*/not-before = 2026-02-29/' \
	    '^not-before' "$KEYS:LINE: "
	trap_in $KEYS 's/^not-before = .*/not-before = 01.02.2026/' \
	    '^not-before' "$KEYS:LINE: "
	trap_in $KEYS 's/^object = pkcs11:object=release/object = release/' \
	    '^object = release' "$KEYS:LINE: "
	trap_in $KEYS 's/^token = demo/token = demmo/' '^token = demmo' \
	    "$KEYS:LINE: there is no token demmo"
	trap_in $KEYS '0,/^#certificate = .*/s//certificate = none.pem/' '' \
	    "$KEYS:"
	trap_in $TOKENS 's/^module = .*/module = libsofthsm2.so.2/' '^module' \
	    "$TOKENS:LINE: "
	trap_in $TOKENS 's/^workers = .*/workers = 0/' '^workers' \
	    "$TOKENS:LINE: workers must be a number"
	trap_in $SERVER 's/^listen = .*/listen = localhost:2222/' '^listen' \
	    "$SERVER:LINE: "
	trap_in $SERVER 's/^login-grace = .*/login-grace = 30 s/' \
	    '^login-grace' "$SERVER:LINE: login-grace must be a time such as"
}

client_keys() {
	trap_in $CLIENTS 's/^profile="ci-release",from/from/' '^from=' \
	    "$CLIENTS:LINE: the key has no profile=\"NAME\" option"
	trap_in $CLIENTS 's/profile="ci-release",res/profile="ci",res/' \
	    'profile="ci",' "$CLIENTS:LINE: there is no profile ci"
	trap_in $CLIENTS 's/ build01$//' '^prof.*expiry' \
	    "$CLIENTS:LINE: the comment after the key is missing"
	trap_in $CLIENTS 's/restrict ecdsa/pty ecdsa/' ',pty' \
	    "$CLIENTS:LINE: option pty is never allowed here"
	trap_in $CLIENTS 's/restrict ecdsa/command="sign" ecdsa/' 'command=' \
	    "$CLIENTS:LINE: option command has no meaning without a shell"
	trap_in $CLIENTS 's/restrict ecdsa/cert-authority ecdsa/' 'cert-auth' \
	    "$CLIENTS:LINE: option cert-authority is refused"
	trap_in $CLIENTS 's/restrict ecdsa/verify-required ecdsa/' 'verify-r' \
	    "$CLIENTS:LINE: option verify-required is refused"
	trap_in $CLIENTS 's/20360101Z/2036-01-01/' '^prof.*expiry' \
	    "$CLIENTS:LINE: expiry-time=: "
	trap_in $CLIENTS 's/IIfrl98/IIfrl9/' '^prof.*expiry' "$CLIENTS:LINE: "
	trap_in $CLIENTS 's/ ssh-ed25519 / ssh-dss /' 'ssh-dss' \
	    "$CLIENTS:LINE: "
	sample
	grep 'build01$' "$TREE/$CLIENTS" >"$TREE/authorized_keys.d/again"
	refused $CLIENTS 'build01$' "the key is already listed in"
}

files_and_folders() {
	sample
	chmod g+w "$TREE/$PROFILES"
	refused $PROFILES '' "$PROFILES: "
	sample
	chmod o+w "$TREE/profiles.d"
	refused profiles.d '' "profiles.d: must not be writable by group"
	sample
	echo >"$TREE/profiles.d/more.txt"
	refused profiles.d '' "profiles.d/more.txt: the name must end in .conf"
	sample
	mkdir "$TREE/profiles.d/folder.conf"
	refused profiles.d '' "profiles.d/folder.conf: "
	sample
	mkfifo "$TREE/keys.d/pipe.conf"
	refused keys.d '' "keys.d/pipe.conf: "
	sample
	ln -s nowhere "$TREE/keys.d/link.conf"
	refused keys.d '' "keys.d/link.conf: "
	sample
	rm "$TREE/$SERVER"
	refused $SERVER '' "$SERVER: "
}

leftovers_of_editors_are_passed_over() {
	sample
	echo '[profil' >"$TREE/profiles.d/.ci.conf.swp"
	echo '[profil' >"$TREE/profiles.d/ci.conf~"
	"$CTL" -C "$TREE" check
}

# Not the first only.
all_mistakes_are_told_at_once() {
	sample
	sed -i 's/^max-lines = .*/max-lines = many/; s/^names = .*/nmaes = x/' \
	    "$TREE/$PROFILES"
	sed -i 's/^use = raw/use = row/' "$TREE/$KEYS"
	sed -i 's/20360101Z/never/' "$TREE/$CLIENTS"
	refused $PROFILES '^max-lines' "$PROFILES:LINE: "
	refused $PROFILES '^nmaes' "$PROFILES:LINE: "
	refused $KEYS '^use = row' "$KEYS:LINE: "
	refused $CLIENTS '^prof.*never' "$CLIENTS:LINE: "
}

cases the_sample_itself_has_none \
    words_and_sections \
    limits_that_bound_nothing \
    lines_that_other_readers_would_misread \
    a_long_comment_stays_one \
    values \
    client_keys \
    files_and_folders \
    leftovers_of_editors_are_passed_over \
    all_mistakes_are_told_at_once
