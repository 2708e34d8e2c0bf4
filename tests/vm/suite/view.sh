#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who sees what, who may mount, who may open: host root, host user, containers, containers in containers, and the odd ones.
#
#	host ─┬─ outer   (user 1000, every namespace of its own) ── inner (made in outer, every namespace of its own)
#	      ├─ other   (user 1001, every namespace of its own)
#	      ├─ partial (user 1000: user, pid and mount namespace; the rest is the host's)
#	      └─ pidonly (root: pid and mount namespace; no user namespace)

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/vm/suite/container.sh
. "$suite/container.sh"

install -m 755 "$FSCHECK" /usr/bin/fscheck
user() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; }
without_admin() { setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$@"; }

# What of DIR can be opened by COMMAND..., and the reasons why the rest cannot.
opened() { "${@:2}" fscheck opens "$1" | sed -n 's/ 0$//p' | sort; }
reasons() { "${@:2}" fscheck opens "$1" | sed -n '/ 0$/!s/.* //p' | sort -u; }
seen() { "${@:2}" ls "$1" | sort; }
count_of() { wc -l <<<"$1"; }

before=$(sorted_listing)
AS=(setpriv --reuid 1000 --regid 1000 --clear-groups)
container outer "${ALL_NAMESPACES[@]}"
container_in outer inner "${ALL_NAMESPACES[@]}"
container partial --user --map-root-user --pid --fork --mount
AS=(setpriv --reuid 1001 --regid 1001 --clear-groups)
container other "${ALL_NAMESPACES[@]}"
AS=()
container pidonly --pid --fork --mount
everything=$(sorted_listing)
outer=$(own_of outer) inner=$(own_of inner) other=$(own_of other) partial=$(own_of partial) pidonly=$(own_of pidonly)
is "the containers have namespaces of their own" \
	"$(for set in "$outer" "$inner" "$other" "$partial" "$pidonly"; do count_of "$set"; done | paste -sd' ')" "8 8 8 3 2"

# host root
is "host root sees every namespace of every container" \
	"$(comm -12 <(echo "$everything") <(printf '%s\n' "$outer" "$inner" "$other" "$partial" "$pidonly" | sort) | wc -l)" 29
is "host root can open all it sees" "$(opened $NS env)" "$everything"

# host root without its capability
is "root without CAP_SYS_ADMIN sees the same" "$(seen $NS without_admin)" "$everything"
is "and opens those it is in alone" "$(opened $NS without_admin)" "$(links_of $$ | sort)"
is "the others by no other error than EACCES" "$(reasons $NS without_admin)" EACCES
refuse "and cannot mount" without_admin mount -t procns procns /mnt

# host users
is "a host user sees the same names" "$(seen $NS user 1002)" "$everything"
is "and can read each link" "$(user 1002 find $NS -type l -printf '%l\n' | sort)" "$everything"
is "and opens those it is in alone" "$(opened $NS user 1002)" "$(links_of $$ | sort)"
is "the others by no other error than EACCES" "$(reasons $NS user 1002)" EACCES
is "a user can open what its own user namespaces own, also from outside" "$(opened $NS user 1000)" \
	"$(printf '%s\n' "$outer" "$inner" "$partial" "$(links_of $$)" | sort)"
refuse "a host user cannot mount" user 1002 mount -t procns procns /mnt

# a container
is "a container sees its own and what is below, and nothing else" "$(seen /mnt inside outer)" "$(printf '%s\n' "$outer" "$inner" | sort)"
is "its root can open all it sees" "$(opened /mnt inside outer)" "$(printf '%s\n' "$outer" "$inner" | sort)"
is "what it does not see it does not find by name" "$(inside outer stat "/mnt/$(own net)" 2>&1 | grep -c 'No such file')" 1
is "not even a sibling's" "$(inside outer stat -L "/mnt/$(head -n 1 <<<"$other")" 2>&1 | grep -c 'No such file')" 1
is "its entries are its root's" "$(inside outer stat -c '%U %G' /mnt "/mnt/$(head -n 1 <<<"$outer")" | sort -u)" "root root"
is "in the host's mount it sees names" "$(seen $NS inside outer)" "$everything"
is "and opens its own alone" "$(opened $NS inside outer)" "$(printf '%s\n' "$outer" "$inner" | sort)"
is "the others by no other error than EACCES" "$(reasons $NS inside outer)" EACCES
check "a container can still mount a proc of its own" inside outer unshare --mount mount -t proc proc /proc
check "and procns at its place there" \
	inside outer unshare --mount bash -c "mount -t proc proc /proc && mount -t procns procns $NS && [ -L $NS/\$(readlink /proc/self/ns/net) ]"
without_caps=(setpriv --bounding-set=-all --inh-caps=-all)
is "a container's process without capabilities sees the same" "$(seen /mnt inside outer "${without_caps[@]}")" "$(printf '%s\n' "$outer" "$inner" | sort)"
is "and opens those it is in, and those of a user namespace its user has made" \
	"$(opened /mnt inside outer "${without_caps[@]}")" "$(printf '%s\n' "$outer" "$inner" | sort)"
refuse "and cannot mount" inside outer "${without_caps[@]}" mount -t procns procns /mnt

# a container in a container
is "the inner container sees its own alone" "$(seen /mnt inside inner)" "$inner"
is "and opens them" "$(opened /mnt inside inner)" "$inner"

# siblings
is "another container sees its own alone" "$(seen /mnt inside other)" "$other"

# a container that shares the rest with the host
is "a container does not see what it shares with the host" "$(seen /mnt inside partial)" "$partial"
is "in the host's mount it opens what it is in, shared too" "$(opened $NS inside partial)" "$(links_of "${pid_of[partial]}" | sort)"

# a pid namespace without a user namespace
is "a pid namespace alone makes no other view" "$(seen /mnt inside pidonly)" "$everything"
is "and root in it opens all" "$(opened /mnt inside pidonly)" "$everything"

# a user namespace without a pid namespace: the pid namespace's is the host's, over which it has no power
refuse "in a user namespace alone a mount is refused" user 1000 unshare --user --map-root-user --mount mount -t procns procns /mnt
refuse "also to root" unshare --user --map-root-user --mount mount -t procns procns /mnt
is "by EPERM" "$(unshare --user --map-root-user --mount mount -t procns procns /mnt 2>&1 | grep -ciE 'permission denied|not permitted')" 1
refuse "in a user namespace made after the pid namespace too" \
	unshare --pid --fork unshare --user --map-root-user --mount mount -t procns procns /mnt

# the host's root in a container's pid namespace: it may, and sees as the container does
is "host root in a container's pid namespace mounts the container's view" \
	"$(nsenter -t "${pid_of[outer]}" -p unshare --mount bash -c 'mount -t procns procns /mnt && ls /mnt' | sort)" \
	"$(printf '%s\n' "$outer" "$inner" | sort)"

end_container inner
check "what is gone in an inner container is gone from the outer one's view" eventually 60 not_listed "$(head -n 1 <<<"$inner")"
is "which is then its own alone" "$(seen /mnt inside outer)" "$outer"
for name in outer partial other pidonly; do end_container $name; done
back_to "$before" "after the containers the list is what it was"
done_testing
