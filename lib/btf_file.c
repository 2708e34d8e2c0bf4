// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "btf.h"
#include "util.h"

/*
 * Kernels before 6.16 don't let it be mapped; a read of a sysfs file brings a page at most, whatever one asks for. The copy goes
 * to mapped memory too, so that closing is one and the same.
 */
static int read_whole(int fd, uint8_t *bytes, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = pread(fd, bytes + have, size - have, have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EIO;
		have += got;
	}
	return 0;
}

int btf_open(const char *path, struct btf_data *btf)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes;
	int err = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= 0)
		return -EINVAL;
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) {
		bytes = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (bytes == MAP_FAILED)
			return -ENOMEM;
		err = read_whole(fd, bytes, st.st_size);
	}
	*btf = (struct btf_data){ .bytes = bytes, .size = st.st_size };
	if (err)
		btf_close(btf);
	return err;
}

void btf_close(struct btf_data *btf)
{
	munmap((void *)btf->bytes, btf->size);
	*btf = (struct btf_data){ 0 };
}
