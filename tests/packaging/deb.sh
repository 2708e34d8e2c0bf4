#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2317 # functions are called by at_exit and check
# `make deb` in a small bookworm and a small trixie, each a root of its own: the packages install, what is in them works, DKMS
# builds the module, and purged they leave nothing. The roots are kept in the cache.

# shellcheck source=tests/vm/room.sh
. "$(dirname -- "$(readlink -f -- "$0")")/../vm/room.sh"
# shellcheck source=tests/lib/tap.sh
. "$tree/tests/lib/tap.sh"

# what the packages depend on, the headers of a kernel, and who reads manual pages, completions and units
packages=(
	dkms linux-headers-cloud-amd64 gcc libc6-dev
	libbpf-dev libmnl-dev libcjson1 libsmartcols1 libncursesw6 pkgconf
	man-db bash-completion zsh fish systemd
)

make_debian() {
	local release=$1 dir=$2
	open_world "$release"
	say "making a small Debian $release"
	quietly mmdebstrap --mode=root --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
		"$release" "$dir" "$cache/apt/$release/sources.list" || die "could not make a small Debian $release (above)"
	# made at first use, by DKMS for itself and by depmod: they are nothing of a package's
	chroot "$dir" sh -c 'dkms generate_mok; for kernel in /lib/modules/*/; do depmod "$(basename "$kernel")"; done' >/dev/null 2>&1
}

base_of() { echo "$cache/deb/$1-$(recipe make_debian <<<"${packages[*]}")"; }

# Packages built on a newer release need its libraries.
releases=(bookworm trixie)
[[ $(default_userland) = bookworm ]] || releases=(trixie)

if [[ -z ${DEB_TEST_INSIDE:-} ]]; then
	need_tools mmdebstrap
	make -s -C "$tree" deb >&2 || die "make deb failed (above)"
	for release in "${releases[@]}"; do make_once "$(base_of "$release")" make_debian "$release"; done
	# in a mount namespace of its own: the host sees none of the mounts
	DEB_TEST_INSIDE=yes exec unshare --mount --propagation private "$0"
fi
# failures are for the tests to tell
set +e

work=$(mktemp -d "$cache/deb/test.XXXXXX")
at_exit rm -rf --one-file-system "$work"

# open_root BASE: a root that looks like BASE, to be changed at will
open_root() {
	root=$work/root
	mkdir -p "$work/upper" "$work/work" "$root"
	mount -t overlay -o "lowerdir=$1,upperdir=$work/upper,workdir=$work/work" overlay "$root" 2>/dev/null || cp -a "$1/." "$root/"
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mkdir "$root/debs"
	cp "$tree"/build/deb/*.deb "$root/debs/"
}

close_root() {
	umount -R -l "$root/proc" "$root/sys" "$root/dev"
	! mountpoint -q "$root" || umount -l "$root"
	rm -rf --one-file-system "$work/upper" "$work/work" "$root"
}

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

# What is gone at the next boot, logs, the index of manual pages and dpkg's last but one state are not the packages'.
files() {
	(cd "$root" && find . \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./debs -o -path ./run -o -path ./var/log -o -path ./var/cache \) \
		-prune -o ! -path './var/lib/dpkg/*-old' -print | sort)
}

pages_render() {
	local page said
	for page in "$root"/usr/share/man/man*/*procns*; do
		said=$(inside man --warnings -E UTF-8 -l "${page#"$root"}" 2>&1 >/dev/null)
		[[ -z $said ]] || { echo "$page: $said"; return 1; }
	done
}

# Each command has a page that man finds by its name.
pages_found() {
	local command
	for command in $(inside procns --help | sed -n '/^Commands/,/^$/s/^ \([a-z]\+\) .*/\1/p'); do
		inside man -w "procns-$command" >/dev/null || { echo "no manual page of procns $command"; return 1; }
	done
	inside man -w procns && inside man -w 5 procns && inside man -w libprocns
}

# Asked of the shells as a user's would be, with nothing sourced by hand.
in_bash() {
	inside bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader procns || __load_completion procns; complete -p procns'
}
in_zsh() { inside zsh -c 'autoload -Uz compinit && compinit -D && echo $_comps[procns]'; }
in_fish() { inside fish -c 'complete -C "procns wh"' | cut -f 1; }

example='#include <procns.h>
#include <stdio.h>
int main(void) { puts(procns_version()); return 0; }'

compiles() {
	local flags
	read -ra flags <<<"$(inside pkg-config --cflags --libs procns)"
	echo "$example" | inside gcc -x c -Wall -Werror -o /tmp/example - "${flags[@]}" && [[ $(inside /tmp/example) = "$version" ]]
}

module_is_built() {
	local kernel
	for kernel in "$root"/lib/modules/*/build; do
		kernel=${kernel%/build}
		inside dkms status -k "${kernel##*/}" | grep 'procns.*installed' || return 1
		inside modinfo -k "${kernel##*/}" procns | grep '^license:.*GPL' || return 1
	done
}

test_release() {
	local release=$1 before
	open_root "$(base_of "$release")"
	before=$(files)
	check "$release: the packages install" inside sh -c 'dpkg -i /debs/*.deb && apt-get check'
	is "$release: procns --version" "$(inside procns --version | head -n 1 | grep -o "$version")" "$version"
	check "$release: procns ls lists the namespace it runs in" grep -Fx "$(readlink /proc/self/ns/net)" <(inside procns ls -nr -o NAMESPACE)
	check "$release: man finds a page of each command" pages_found
	check "$release: they render without a warning" pages_render
	is "$release: bash completes" "$(in_bash)" "complete -F _procns procns"
	is "$release: zsh completes" "$(in_zsh)" _procns
	is "$release: fish completes" "$(in_fish)" why
	check "$release: a program is built with the shared library" compiles
	check "$release: DKMS has built the module for the kernel whose headers are here" module_is_built
	is "$release: it is loaded at boot" "$(grep -v '^#' "$root/usr/lib/modules-load.d/procns.conf")" procns
	is "$release: and mounted" "$(inside systemctl is-enabled proc-namespaces.mount)" enabled
	check "$release: every unit is one systemd understands" inside sh -c 'systemd-analyze verify $(dpkg -L procns procns-dkms | grep "/systemd/system/.*\.")'
	check "$release: they are purged" inside dpkg --purge procns procns-dkms libprocns-dev libprocns0
	is "$release: nothing is left" "$(diff <(echo "$before") <(files))" ""
	close_root
}

version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$tree/meson.build")
is "four packages" "$(cd "$tree/build/deb" && for deb in *.deb; do echo "${deb%%_*}"; done | xargs)" "libprocns-dev libprocns0 procns-dkms procns"
# they are uploaded nowhere, so no request for them is closed
check "lintian has no error and no warning" lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs \
	"$tree"/build/deb/*.changes
for release in "${releases[@]}"; do test_release "$release"; done
done_testing
