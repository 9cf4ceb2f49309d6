# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# An instance with one key, p256, whose budgets are to be tried.

# The words of the profile ci; a name of its own each time: new budgets.
profile() { # NAME WORD...
	local name=$1
	shift
	{
		echo "[profile $name]"
		echo 'keys = p256'
		printf '%s\n' "$@"
	} >"$DIR/profiles.d/demo.conf"
	sed -i "s/profile=\"[^\"]*\"/profile=\"$name\"/" \
	    "$DIR/authorized_keys.d/clients"
	reload
}

# The words of the key.
key() { # WORD...
	cat >"$DIR/keys.d/demo.conf" <<-'END'
		[key p256]
		token = demo
		object = pkcs11:object=p256
		use = raw
	END
	printf '%s\n' "$@" >>"$DIR/keys.d/demo.conf"
	reload
}

reload() {
	"$CTL" -C "$DIR" reload >/dev/null
}

# Signs so many lines as CLIENT: how many were answered, and the status.
signed() { # CLIENT COUNT [OPTION...]
	local client=$1 count=$2 status=0
	shift 2
	digest_lines "$count" |
	    sign_as "$DIR" "$client" sign -k p256 "$@" >"$DIR/got" \
		2>"$DIR/said" || status=$?
	echo "$(wc -l <"$DIR/got") $status"
}

# A day that ends in the middle of it all would give everything back.
while [ "$(date -u +%H%M)" = 2359 ]; do
	read -r -t 1 <> <(:) || :
done
