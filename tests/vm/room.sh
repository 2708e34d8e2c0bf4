# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The parts of the machine room, each after those it uses. Sourced by every script here.

room=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
tree=$(readlink -f -- "$room/../..")
cache=${PROCNS_CACHE:-$HOME/.cache/procns}

# shellcheck source=SCRIPTDIR/lib.sh
. "$room/lib.sh"
# shellcheck source=SCRIPTDIR/architecture.sh
. "$room/architecture.sh"
# shellcheck source=SCRIPTDIR/apt.sh
. "$room/apt.sh"
# shellcheck source=SCRIPTDIR/kernels.sh
. "$room/kernels.sh"
# shellcheck source=SCRIPTDIR/toolchain.sh
. "$room/toolchain.sh"
# shellcheck source=SCRIPTDIR/debug.sh
. "$room/debug.sh"
# shellcheck source=SCRIPTDIR/userland.sh
. "$room/userland.sh"
# shellcheck source=SCRIPTDIR/initrd.sh
. "$room/initrd.sh"
# shellcheck source=SCRIPTDIR/qemu.sh
. "$room/qemu.sh"
# shellcheck source=SCRIPTDIR/log.sh
. "$room/log.sh"
