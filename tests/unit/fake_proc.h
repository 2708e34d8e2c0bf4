/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A /proc of plain files and dangling links, for what no test can bring about on a real one. */
#ifndef FAKE_PROC_H
#define FAKE_PROC_H

#include <sys/types.h>

struct procns;

struct fake_proc {
	char root[64];
	struct procns *ctx;		/* reads root instead of /proc */
};

/* The numbers of everything that is not said otherwise. */
#define FAKE_NS_NUMBERS \
	"cgroup:[4026531835] ipc:[4026531839] mnt:[4026531841] net:[4026531840] pid:[4026531836] pid_for_children:[4026531836] " \
	"time:[4026531834] time_for_children:[4026531834] user:[4026531837] uts:[4026531838]"

/* For cmocka: *state is a struct fake_proc with a process 100, which is the caller itself, and a kernel thread 2. */
int fake_proc_make(void **state);
int fake_proc_unmake(void **state);

/* A file or a link below root. The directories it is in have to be there. */
void fake_file(const struct fake_proc *fake, const char *path, const char *text);
void fake_link(const struct fake_proc *fake, const char *path, const char *target);
void fake_directory(const struct fake_proc *fake, const char *path);

/* A process in the namespaces that FAKE_NS_NUMBERS says, but for those in `namespaces`, like "net:[5] uts:[6]". */
void fake_process(const struct fake_proc *fake, pid_t pid, pid_t ppid, const char *comm, const char *namespaces);
void fake_thread(const struct fake_proc *fake, pid_t pid, pid_t tid, const char *comm, const char *namespaces);

/* Nobody but the owner of everything may look into it from now on, and not even he. */
void fake_refusal(const struct fake_proc *fake, const char *path);

/* Root may read anything: from now on the test is somebody else. */
void fake_proc_drop_root(void);

#endif
