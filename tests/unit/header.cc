// SPDX-License-Identifier: GPL-2.0-or-later
#include "procns.h"

int main()
{
	return PROCNS_NTYPES == 8 ? 0 : 1;
}
