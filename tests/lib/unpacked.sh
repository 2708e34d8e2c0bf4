# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Programs of Debian packages that are not to be installed: what they would start as services must not run on the machine that
# tests. apt downloads and verifies them, dpkg-deb unpacks them into the cache.
#
#	unpacked PACKAGE...	they are below UNPACKED; $top is the tree; fails, with WHY, where they can't be had (no apt, no network)

unpacked_fetch() {
	local into=$1 debs
	shift
	debs=$(mktemp -d)
	(
		cd "$debs" || exit
		chmod 755 .
		apt-get -qq download "$@" || { "$top/packaging/update-lists" && apt-get -qq download "$@"; }
	) >"$debs/log" 2>&1 </dev/null || { WHY="apt-get download $*: $(tail -n 1 "$debs/log")"; rm -r "$debs"; return 1; }
	rm -rf "$into.partial"
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$into.partial" || { WHY="dpkg-deb -x ${deb##*/} failed"; rm -r "$debs"; return 1; }
	done
	rm -r "$debs"
	mv -T "$into.partial" "$into"
}

unpacked() {
	local cache=${XDG_CACHE_HOME:-$HOME/.cache}/procns/unpacked name lock status=0
	if ! command -v apt-get dpkg-deb >/dev/null; then
		# shellcheck disable=SC2034 # for the caller
		WHY="no apt here"
		return 1
	fi
	mkdir -p "$cache"
	# what apt knows as newest names the directory: after an update of Debian it is another
	name=$(apt-cache policy "$@" 2>/dev/null | awk '/^[^ ]/ { package = $1 } $1 == "Candidate:" { printf "%s%s,", package, $2 }' | tr -c 'a-zA-Z0-9.,~+\n-' _)
	UNPACKED=$cache/${name%,}
	exec {lock}>"$cache/lock"
	flock "$lock"
	[ -n "$name" ] && [ -d "$UNPACKED" ] || unpacked_fetch "$UNPACKED" "$@" || status=1
	exec {lock}>&-
	return $status
}
