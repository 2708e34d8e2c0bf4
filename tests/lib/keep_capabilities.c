// SPDX-License-Identifier: GPL-2.0-or-later
/* Preloaded: capset(2) by way of syscall(2) does nothing and succeeds, so that a program goes on with all it was started with. */
#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/syscall.h>

#define MOST_ARGUMENTS 6

long syscall(long number, ...);

long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long arguments[MOST_ARGUMENTS];
	va_list list;

	if (number == SYS_capset)
		return 0;
	va_start(list, number);
	for (size_t i = 0; i < MOST_ARGUMENTS; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
