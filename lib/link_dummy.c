// SPDX-License-Identifier: LGPL-2.1-or-later
/* Links without another end. */
#include "link.h"

const struct link_driver link_dummy = {
	.kinds = LINK_KINDS("dummy", "ifb", "nlmon", "vcan", "netdevsim"),
	.role = PROCNS_LINK_VIRTUAL,
};
