// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first process of the VM. It mounts what a system has, loads the module under test, runs one command,
 * passes its output out through virtio ports, sees the module leave cleanly, reports the status, and ends the VM.
 *
 * What to do is read from files that tests/vm/run puts in /vm:
 *   command	the arguments, each ended by a NUL
 *   module	the module's parameters; the file's absence means: no module
 *   seconds	how long the command may run
 *   shell	the size of the terminal: an interactive shell on the console is run instead
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "machine.h"
#include "module.h"
#include "ports.h"

static void report(const char *format, int value)
{
	int status_port = port_open("status");

	dprintf(status_port, format, value);
	close(status_port);
}

static void end_machine(void)
{
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void run_tests(void)
{
	struct command command = command_read("/vm");
	int status;

	if (command.wants_module && module_load() < 0) {
		report("module %d\n", errno);
		return;
	}
	status = command_run(&command);
	report("exit %d\n", status);

	machine_kill_all();
	machine_look_for_leaks();
	if (command.wants_module && module_unload() < 0)
		report("busy %d\n", errno);
	report("end %d\n", 0);
}

int main(void)
{
	machine_prepare();
	if (access("/vm/shell", F_OK) == 0)
		command_shell(machine_console());
	else
		run_tests();
	end_machine();
}
