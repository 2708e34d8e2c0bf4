// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "caller.h"
#include "util.h"

bool caller_has_capability(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

bool caller_in_group(gid_t gid)
{
	int count = getgroups(0, NULL);
	cleanup_free gid_t *groups = calloc(count > 0 ? count : 1, sizeof(*groups));

	count = groups && count > 0 ? getgroups(count, groups) : 0;
	for (int i = 0; i < count; i++)
		if (groups[i] == gid)
			return true;
	return getegid() == gid;
}
