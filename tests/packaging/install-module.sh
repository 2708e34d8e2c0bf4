#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `make install-module` and `make uninstall-module` on a small Debian with DKMS and a kernel's headers, in a root of its own.

# shellcheck source=tests/vm/room.sh
. "$(dirname -- "$(readlink -f -- "$0")")/../vm/room.sh"
# shellcheck source=tests/lib/tap.sh
. "$tree/tests/lib/tap.sh"

packages=(dkms linux-headers-cloud-amd64 gcc libc6-dev kmod patch "${toolchain_packages[@]}")

make_debian() {
	world_tree bookworm "$1" "${packages[@]}"
	finish_root "$1"
}

base=$cache/dkms/$(sha256sum "$0" | cut -c 1-12)
make_once "$base" make_debian

# in a mount namespace of its own: the host sees none of its mounts
if [ -z "${INSTALL_MODULE_INSIDE:-}" ]; then
	INSTALL_MODULE_INSIDE=yes exec unshare --mount --propagation private "$0"
fi
# failures are for the tests to tell
set +e

root=$(mktemp -d "$cache/dkms/test.XXXXXX")
at_exit rm -rf --one-file-system "$root"
cp -a --reflink=auto "$base/." "$root/"
cp -r "$tree/Makefile" "$tree/kernel" "$tree/packaging" "$root/src/"
mkdir -p "$root/lib/modules"
release=$(basename "$root"/usr/src/linux-headers-*-cloud-amd64)
release=${release#linux-headers-}

# DKMS' and depmod's own notes are not the module's
files() {
	(cd "$root" && find . \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./var \) -prune -o -print |
		grep -v 'modules\.[a-z.]*$' | sort)
}

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/tmp LC_ALL=C "$@"; }

# directories that a system with systemd has
mkdir -p "$root/usr/lib/modules-load.d" "$root/usr/lib/systemd/system"
ln -s /proc/self/fd "$root/dev/fd"
mknod -m 666 "$root/dev/null" c 1 3
mount -t proc proc "$root/proc"
at_exit umount "$root/proc"

before=$(files)
check "make install-module builds and installs with DKMS" inside make -C /src install-module
check "dkms says it is installed" grep -q "procns.*$release.*installed" <(inside dkms status)
check "the module is there" test -n "$(find "$root/lib/modules/$release" -name 'procns.ko*')"
check "modinfo reads it" grep -q '^license:.*GPL' <(inside modinfo -k "$release" procns)
is "it is loaded at boot" "$(grep -v '^#' "$root/usr/lib/modules-load.d/procns.conf")" procns
check "it is mounted at boot" grep -qx 'Where=/proc/namespaces' "$root/usr/lib/systemd/system/proc-namespaces.mount"
check "make install-module again does no harm" inside make -C /src install-module
check "make uninstall-module" inside make -C /src uninstall-module
is "nothing is left" "$(diff <(echo "$before") <(files))" ""
check "make uninstall-module again does no harm" inside make -C /src uninstall-module

inside make -C /src install-module DESTDIR=/tmp/package >/dev/null
is "with DESTDIR files are placed and nothing is built" "$(inside dkms status)" ""
check "with DESTDIR the source is below it" test -e "$root/tmp/package/usr/src/procns-0.1.0/main.c"
done_testing
