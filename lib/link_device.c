// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel gives no kind: hardware where it names the device behind it ("physical"), else whatever it may be ("device"). */
#include "link.h"

const struct link_driver link_device = {
	.kinds = LINK_KINDS("device", "physical"),
	.role = PROCNS_LINK_DEVICE,
};
