// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *type, *where, *options;
	unsigned long flags;
} mounts[] = {
	{ "proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "devtmpfs", "/dev", "mode=0755", MS_NOSUID },
	{ "devpts", "/dev/pts", "gid=5,mode=0620,ptmxmode=0666", MS_NOSUID | MS_NOEXEC },
	{ "tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV },
	{ "mqueue", "/dev/mqueue", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV },
	{ "tmpfs", "/run", "mode=0755", MS_NOSUID | MS_NODEV },
	{ "cgroup2", "/sys/fs/cgroup", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "bpf", "/sys/fs/bpf", "mode=0700", MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "debugfs", "/sys/kernel/debug", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "tracefs", "/sys/kernel/tracing", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
};

void machine_fail(const char *what, const char *subject)
{
	printf("vm: %s: %s: %s\n", what, subject, strerror(errno));
	fflush(stdout);
	reboot(RB_AUTOBOOT);
	_exit(1);
}

static void mount_all(void)
{
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].where, 0755);
		/* Kernels built small lack some of these; what needs one will say so itself. */
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, mounts[i].flags, mounts[i].options) < 0 &&
		    errno != ENODEV && errno != ENOENT)
			printf("vm: mount %s: %s\n", mounts[i].where, strerror(errno));
	}
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
	chown("/home/user", 1000, 1000);
}

/*
 * The initramfs itself can be neither pivoted from nor left; a mount of it on top of it can, and is then a root
 * like any other system's.
 */
static void have_a_real_root(void)
{
	chmod("/", 0755);
	if (mount("/", "/mnt", NULL, MS_BIND, NULL) < 0 || chdir("/mnt") < 0 ||
	    mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0)
		machine_fail("root", "/");
}

int machine_insert(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int failed;

	if (fd < 0)
		return -1;
	failed = syscall(SYS_finit_module, fd, parameters, 0) < 0;
	close(fd);
	return failed ? -1 : 0;
}

static void insert_early_modules(void)
{
	struct utsname uts;
	char list[256], line[256], path[600];
	FILE *file;

	uname(&uts);
	snprintf(list, sizeof(list), "/lib/modules/%s/early", uts.release);
	file = fopen(list, "re");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(path, sizeof(path), "/lib/modules/%s/%s", uts.release, line);
		if (machine_insert(path, "") < 0 && errno != EEXIST)
			machine_fail("insert", path);
	}
	if (file)
		fclose(file);
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		printf("vm: lo: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

void machine_console_level(int level)
{
	const int set_console_level = 8;

	klogctl(set_console_level, NULL, level);
}

void machine_prepare(void)
{
	const int all_but_debug = 7;

	setvbuf(stdout, NULL, _IOLBF, 0);
	umask(0022);
	have_a_real_root();
	mount_all();
	insert_early_modules();
	loopback_up();
	sethostname("procns", strlen("procns"));
	/* Quiet while booting, because a serial console is slow; from here on the log is to be complete. */
	machine_console_level(all_but_debug);
}

const char *machine_console(void)
{
	static char path[64] = "/dev/";
	FILE *file = fopen("/sys/class/tty/console/active", "re");

	if (!file || fscanf(file, "%32s", path + strlen("/dev/")) != 1)
		machine_fail("no console is active", "/sys/class/tty/console/active");
	fclose(file);
	return path;
}

void machine_kill_all(void)
{
	kill(-1, SIGKILL);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

static void copy_to_console(const char *path)
{
	char line[512];
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file))
		fputs(line, stdout);
	if (file)
		fclose(file);
}

void machine_look_for_leaks(void)
{
	const char *kmemleak = "/sys/kernel/debug/kmemleak";
	int scans;

	for (scans = 0; scans < 2; scans++) {
		int fd = open(kmemleak, O_WRONLY | O_CLOEXEC);

		if (fd < 0)
			return;
		/* It takes for a leak only what has been lost for five seconds. */
		sleep(scans ? 6 : 0);
		if (write(fd, "scan", 4) < 0)
			printf("vm: kmemleak: scan: %s\n", strerror(errno));
		close(fd);
	}
	copy_to_console(kmemleak);
}
