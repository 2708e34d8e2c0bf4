// SPDX-License-Identifier: GPL-2.0-or-later
/* What a user of the library gets: the documented program, and symbols, headers and manual that agree. */
#include "procns.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* From the documentation of procns.h. */
int documented_program(void);
#define main documented_program
#include "example.h"
#undef main

static void the_documented_program_works(void **state)
{
	char path[] = "/tmp/procns-unit-XXXXXX", output[4096] = "";
	int file = mkstemp(path), saved = dup(STDOUT_FILENO), status;

	(void)state;
	unlink(path);
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	status = documented_program();
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(status, 0);
	assert_true(pread(file, output, sizeof(output) - 1, 0) >= 0);
	assert_true(!*output || !strncmp(output, "net:[", strlen("net:[")));
	close(file);
}

static void symbols_headers_and_manual_agree(void **state)
{
	(void)state;
	assert_int_equal(system(CHECK_SYMBOLS), 0);
}

static void the_version_is_that_of_the_build(void **state)
{
	(void)state;
	assert_string_equal(procns_version(), PROCNS_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documented_program_works),
		cmocka_unit_test(symbols_headers_and_manual_agree),
		cmocka_unit_test(the_version_is_that_of_the_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
