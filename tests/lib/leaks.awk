# SPDX-License-Identifier: GPL-2.0-or-later
# usage: awk -v known=PATTERN -f leaks.awk: without the objects that kmemleak tells of and of whose backtrace a line is of PATTERN.
function tell() { if (object != "" && !is_known) printf "%s", object; object = ""; is_known = 0 }
/^unreferenced object/ { tell(); object = $0 "\n"; next }
object != "" && /^ / { object = object $0 "\n"; if ($0 ~ known) is_known = 1; next }
{ tell(); print }
END { tell() }
