#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names that are none and changes that cannot be: refused as a read-only directory of links refuses, and not a line in the log.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

lines=$(log_lines)
before=$(sorted_listing)
relay < <("$FSCHECK" names $NS)
relay < <("$FSCHECK" frozen $NS "$(own net)")
refuse "a shell cannot create a file" bash -c ": >$NS/x"
refuse "a shell cannot write to an entry" bash -c "echo x >'$NS/$(own uts)'"
refuse "mv is refused" mv "$NS/$(own net)" "$NS/x"
refuse "rm -rf is refused" rm -rf "$NS"
refuse "cp into it is refused" cp /etc/passwd "$NS/"
refuse "nothing can be mounted on an entry that is not there" mount -t tmpfs x "$NS/net:[1]"
is "the list is what it was" "$(sorted_listing)" "$before"
is "nothing is in the log" "$(new_log_lines "$lines")" ""
done_testing
