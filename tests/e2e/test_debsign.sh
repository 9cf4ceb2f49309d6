#!/bin/bash
# debsign has a source package and its changes signed through csign in gpg's
# place; dscverify and gpgv verify them.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/csign.sh
. "$TOP/tests/support/csign.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

if ! command -v debsign >/dev/null; then
	echo "skip all: no debsign"
	exit 0
fi

service() {
	instance_new "$DIR" rsa:3072 rsa:4096 || return
	formats_none "$DIR"
	local key
	for key in rsa3072 rsa4096; do
		formats_openpgp "$DIR" $key || return
		formats_key "$DIR" $key wrapped openpgp-text \
		    "openpgp = ../openpgp/$key.asc"
	done
	formats_profile "$DIR"
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi
csign_env "$DIR"
mkdir "$DIR/bin"
cp "$CSIGN" "$DIR/bin"
ln -s csign "$DIR/bin/csign-gpg"
PATH=$DIR/bin:$PATH

sums() { # ALGORITHM FILE: " SUM SIZE NAME"
	printf ' %s %s %s\n' "$("$1sum" "$2" | cut -d ' ' -f 1)" \
	    "$(stat -c %s "$2")" "$2"
}

# A native source package, and what uploads it.
source_package() {
	tar -cJf it_1.tar.xz --files-from=/dev/null
	cat >it_1.dsc <<-END
		Format: 3.0 (native)
		Source: it
		Binary: it
		Architecture: all
		Version: 1
		Maintainer: A Builder <builder@example.org>
		Checksums-Sha1:
		$(sums sha1 it_1.tar.xz)
		Checksums-Sha256:
		$(sums sha256 it_1.tar.xz)
		Files:
		$(sums md5 it_1.tar.xz)
	END
	sed -i 's/^ *\([0-9a-f]\{32\}\)/ \1/' it_1.dsc
	cat >it_1_source.changes <<-END
		Format: 1.8
		Date: Mon, 30 Nov 2026 12:00:00 +0000
		Source: it
		Architecture: source
		Version: 1
		Distribution: unstable
		Urgency: low
		Maintainer: A Builder <builder@example.org>
		Changed-By: A Builder <builder@example.org>
		Description:
		 it - a test
		Changes:
		 it (1) unstable; urgency=low
		 .
		   - a line that
		 -begins with a dash
		Checksums-Sha1:
		$(sums sha1 it_1.dsc)
		$(sums sha1 it_1.tar.xz)
		Checksums-Sha256:
		$(sums sha256 it_1.dsc)
		$(sums sha256 it_1.tar.xz)
		Files:
		$(sums md5 it_1.dsc | sed 's/ it_/ misc optional it_/')
		$(sums md5 it_1.tar.xz | sed 's/ it_/ misc optional it_/')
	END
}

deb_sign() { # WORDS-FOR-GPG KEY
	debsign --no-conf -p "$1" -k "$2" it_1_source.changes \
	    >"$DIR/said" 2>&1
}

changes_and_source_are_signed_and_verified() {
	mkdir "$DIR/deb"
	cd "$DIR/deb" || exit
	source_package
	deb_sign csign-gpg rsa3072 || fail "$(cat "$DIR/said")"
	gpgv --keyring "$DIR/openpgp/rsa3072.gpg" it_1.dsc
	gpgv --keyring "$DIR/openpgp/rsa3072.gpg" it_1_source.changes
	dscverify --no-conf --nosigcheck it_1_source.changes
	dscverify --no-conf --keyring "$DIR/openpgp/rsa3072.gpg" \
	    it_1_source.changes >"$DIR/said" 2>&1 ||
	    fail "$(cat "$DIR/said")"
	grep -q 'All files validated successfully' "$DIR/said"
	refused dscverify --no-conf --keyring "$DIR/openpgp/rsa4096.gpg" \
	    it_1_source.changes >"$DIR/said" 2>&1
	sed -i 's/a test/A TEST/' it_1_source.changes
	refused gpgv --keyring "$DIR/openpgp/rsa3072.gpg" it_1_source.changes
}

the_option_gpg_does_as_well_as_the_name() {
	mkdir "$DIR/option"
	cd "$DIR/option" || exit
	source_package
	deb_sign "csign --gpg" rsa4096 || fail "$(cat "$DIR/said")"
	gpgv --keyring "$DIR/openpgp/rsa4096.gpg" it_1_source.changes
}

a_refusal_is_an_error_of_debsign() {
	mkdir "$DIR/refused"
	cd "$DIR/refused" || exit
	source_package
	cp it_1_source.changes before
	refused deb_sign csign-gpg nokey
	grep -q 'grants no key nokey' "$DIR/said"
	cmp it_1_source.changes before
}

cases changes_and_source_are_signed_and_verified \
    the_option_gpg_does_as_well_as_the_name \
    a_refusal_is_an_error_of_debsign
