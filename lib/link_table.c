// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of drivers: who adds a file link_KIND.c adds a line here. */
#include <string.h>

#include "link.h"

#define LINK_DRIVERS(driver) \
	driver(bond) \
	driver(bridge) \
	driver(device) \
	driver(dummy) \
	driver(geneve) \
	driver(gre) \
	driver(ipip) \
	driver(ipvlan) \
	driver(loopback) \
	driver(macsec) \
	driver(macvlan) \
	driver(netkit) \
	driver(team) \
	driver(tun) \
	driver(veth) \
	driver(vlan) \
	driver(vrf) \
	driver(vti) \
	driver(vxlan) \
	driver(wireguard) \
	driver(xfrm)

#define DECLARE_DRIVER(name) extern const struct link_driver link_##name;
LINK_DRIVERS(DECLARE_DRIVER)

static const struct link_driver *const drivers[] = {
#define POINT_TO_DRIVER(name) &link_##name,
	LINK_DRIVERS(POINT_TO_DRIVER)
};

/* What no driver knows: if it names another link, it works on that one. */
static const struct link_driver unknown = {
	.role = PROCNS_LINK_VIRTUAL,
	.join = link_join_lower,
};

static bool has_kind(const struct link_driver *driver, const char *kind)
{
	for (const char *const *known = driver->kinds; *known; known++)
		if (!strcmp(*known, kind))
			return true;
	return false;
}

const struct link_driver *link_driver(const char *kind)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (has_kind(drivers[i], kind))
			return drivers[i];
	return &unknown;
}
