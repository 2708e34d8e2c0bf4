// SPDX-License-Identifier: GPL-2.0-or-later
#include "procns.h"
#include "procns.h"

int main(void)
{
	return PROCNS_NTYPES == 8 ? 0 : 1;
}
