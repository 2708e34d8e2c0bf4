# SPDX-License-Identifier: GPL-2.0-or-later
# Of a kernel's log, without the titles of KCSAN's reports in which procns has no part: the kernel has races of its own. A report
# is from its title to a line of ====; other lines may stand in it, and are passed on.
function tell() {
	if (title != "" && ours)
		print title
	title = ""
	ours = 0
}
/BUG: KCSAN:/ { tell(); title = $0; ours = /procns/; next }
title != "" && /\[procns\]/ { ours = 1 }
title != "" && /={60}/ { print; tell(); next }
{ print }
END { tell() }
