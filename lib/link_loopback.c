// SPDX-License-Identifier: LGPL-2.1-or-later
#include "link.h"

const struct link_driver link_loopback = {
	.kinds = LINK_KINDS("loopback"),
	.role = PROCNS_LINK_LOOPBACK,
};
