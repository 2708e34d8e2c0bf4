# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What every part of the machine room uses.

set -euo pipefail
shopt -s inherit_errexit
# A plain user's PATH lacks depmod.
PATH+=:/usr/sbin:/sbin

# The machine room's own failures end with this, so that no command's status is mistaken for one.
readonly status_room_failed=125
readonly status_timed_out=124

say() {
	echo "vm: $*" >&2
}

die() {
	say "$*"
	exit "$status_room_failed"
}

quietly() {
	local log status=0
	log=$(mktemp)
	"$@" >"$log" 2>&1 || status=$?
	((status == 0)) || cat "$log" >&2
	rm -f "$log"
	return "$status"
}

# The Debian package each tool of the host comes from.
tool_package() {
	case $1 in
	qemu-system-x86_64) echo qemu-system-x86 ;;
	qemu-system-aarch64) echo qemu-system-arm ;;
	qemu-*-static) echo qemu-user-static ;;
	aarch64-linux-gnu-gcc) echo gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
	i686-linux-gnu-gcc) echo gcc-i686-linux-gnu libc6-dev-i386-cross ;;
	depmod) echo kmod ;;
	flock | unshare) echo util-linux ;;
	gcc) echo gcc libc6-dev ;;
	readelf) echo binutils ;;
	*) echo "$1" ;;
	esac
}

# install_packages PACKAGE...: from Debian, saying so.
install_packages() {
	local packages=("$@") as_root=()
	if ((EUID)); then
		command -v sudo >/dev/null ||
			die "missing: ${packages[*]}: as root, run: apt-get install --no-install-recommends ${packages[*]}"
		as_root=(sudo)
	fi
	say "installing from Debian: ${packages[*]}"
	"${as_root[@]}" "$tree/packaging/update-lists" || die "apt-get update failed (above)"
	DEBIAN_FRONTEND=noninteractive quietly "${as_root[@]}" \
		apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${packages[@]}" ||
		die "could not install ${packages[*]} (above)"
}

# need_tools TOOL...: install from Debian what this machine lacks, saying so.
need_tools() {
	local tool packages=()
	for tool; do
		# shellcheck disable=SC2046,SC2207 # one tool may need two packages
		command -v "$tool" >/dev/null ||
			packages+=($(tool_package "$tool"))
	done
	((${#packages[@]} == 0)) || install_packages "${packages[@]}"
}

# What has not been used for so long is dropped from the cache when something new comes in.
readonly cache_days=14

# recipe FUNCTION...: a short name for how something is made: by these functions, with what is on standard input.
# What is made otherwise has another name, and so is made again.
recipe() {
	{ declare -f "$@"; cat; } | sha256sum | cut -c 1-12
}

# make_once PATH COMMAND...: make PATH, a directory, by running COMMAND... EMPTY_DIR.
# It appears whole or not at all, and whoever asks for it meanwhile waits for the one who makes it.
make_once() {
	local path=$1 partial=$1.partial lock lock_fd
	shift
	if [[ -d $path ]]; then
		touch "$path"
		return
	fi

	lock=$cache/locks/${path//\//_}
	mkdir -p "$cache/locks" "${path%/*}"
	exec {lock_fd}>"$lock"
	flock "$lock_fd"
	if [[ ! -d $path ]]; then
		rm -rf "$partial"
		mkdir -p "$partial"
		"$@" "$partial"
		# what was unpacked may have brought an old time of its own
		touch "$partial"
		mv -T "$partial" "$path"
		find "${path%/*}" -mindepth 1 -maxdepth 1 -mtime +"$cache_days" -exec rm -rf {} +
	fi
	exec {lock_fd}>&-
}
