// SPDX-License-Identifier: GPL-2.0-or-later
/* Looking at what is in flight: it is found wherever it waits, and the receiver gets everything as if nobody had looked. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "peek.h"

#define FILES 16
#define MESSAGES 100000

static int send_with(int socket, const void *data, size_t size, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { (void *)data, size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	return sendmsg(socket, &message, 0) == (ssize_t)size ? 0 : -1;
}

/* Receives one message of exactly `size`; the descriptor in it, -1 where there is none, -2 on failure. */
static int receive(int socket, void *data, size_t size)
{
	char control[CMSG_SPACE(4 * sizeof(int))];
	struct iovec iov = { data, size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != (ssize_t)size)
		return -2;
	c = CMSG_FIRSTHDR(&message);
	if (c && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	else if (c)
		return -2;
	return fd;
}

static ino_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

static int has_inode(int fd, const void *inode)
{
	return inode_of(fd) == *(const ino_t *)inode;
}

static const int kinds[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

static void test_found_wherever_it_waits(void **state)
{
	(void)state;
	for (size_t k = 0; k < 3; k++) {
		int pair[2], file = memfd_create("wanted", 0), other = memfd_create("other", 0), fd;
		ino_t wanted = inode_of(file);
		char byte;

		assert_return_code(socketpair(AF_UNIX, kinds[k], 0, pair), errno);
		assert_int_equal(peek_descriptor(pair[1], has_inode, &wanted), -ENOENT);
		assert_return_code(send_with(pair[0], "a", 1, -1), errno);
		assert_return_code(send_with(pair[0], "b", 1, other), errno);
		assert_return_code(send_with(pair[0], "c", 1, file), errno);
		for (int again = 0; again < 2; again++) {
			fd = peek_descriptor(pair[1], has_inode, &wanted);
			assert_true(fd >= 0);
			assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
			close(fd);
		}
		for (const char *expected = "abc"; *expected; expected++) {
			fd = receive(pair[1], &byte, 1);
			assert_int_equal(byte, *expected);
			assert_int_equal(*expected == 'a', fd == -1);
			if (fd >= 0)
				close(fd);
		}
		assert_int_equal(peek_descriptor(pair[1], has_inode, &wanted), -ENOENT);
		close(pair[0]);
		close(pair[1]);
		close(file);
		close(other);
	}
}

static void test_behind_empty_and_long_datagrams(void **state)
{
	int pair[2], file = memfd_create("wanted", 0), fd;
	ino_t wanted = inode_of(file);
	char *longer = test_calloc(1, 100000);

	(void)state;
	assert_return_code(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), errno);
	assert_return_code(send_with(pair[0], "", 0, -1), errno);
	assert_return_code(send_with(pair[0], longer, 100000, -1), errno);
	assert_return_code(send_with(pair[0], "", 0, -1), errno);
	assert_return_code(send_with(pair[0], "x", 1, file), errno);
	fd = peek_descriptor(pair[1], has_inode, &wanted);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(recv(pair[1], longer, 100000, 0), 0);
	assert_int_equal(recv(pair[1], longer, 100000, 0), 100000);
	assert_int_equal(recv(pair[1], longer, 100000, 0), 0);
	close(pair[0]);
	close(pair[1]);
	close(file);
	test_free(longer);
}

/* A receiver that reads by SO_PEEK_OFF itself is left alone: its place must not move. */
static void test_peeking_receiver_is_left_alone(void **state)
{
	int pair[2], offset = 0;
	ino_t wanted = 1;
	socklen_t size = sizeof(offset);

	(void)state;
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), errno);
	assert_return_code(send_with(pair[0], "abc", 3, -1), errno);
	assert_return_code(setsockopt(pair[1], SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof(offset)), errno);
	assert_int_equal(peek_descriptor(pair[1], has_inode, &wanted), -EBUSY);
	assert_return_code(getsockopt(pair[1], SOL_SOCKET, SO_PEEK_OFF, &offset, &size), errno);
	assert_int_equal(offset, 0);
	close(pair[0]);
	close(pair[1]);
}

static void test_no_socket(void **state)
{
	int file = memfd_create("file", 0);
	ino_t wanted = 1;

	(void)state;
	assert_true(peek_descriptor(file, has_inode, &wanted) < 0);
	close(file);
}

struct load {
	int pair[2];
	int files[FILES];
	ino_t inodes[FILES];
	atomic_bool done;
	atomic_uint looks, found;
};

static void *send_all(void *arg)
{
	struct load *load = arg;

	for (uint32_t i = 0; i < MESSAGES; i++)
		if (send_with(load->pair[0], &i, sizeof(i), load->files[i % FILES]))
			return "sending failed";
	return NULL;
}

static void *look_around(void *arg)
{
	struct load *load = arg;

	for (unsigned int i = 0; !atomic_load(&load->done); i++) {
		ino_t missing = 0;
		int fd = peek_descriptor(load->pair[1], has_inode, i % 2 ? &missing : &load->inodes[i % FILES]);

		atomic_fetch_add(&load->looks, 1);
		if (fd >= 0) {
			atomic_fetch_add(&load->found, 1);
			close(fd);
		}
	}
	return NULL;
}

/* None lost, doubled or reordered, and each with its own descriptor. */
static void test_nothing_is_disturbed_under_load(void **state)
{
	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct load load = { 0 };
		pthread_t sender, looker;
		void *failure;

		assert_return_code(socketpair(AF_UNIX, kinds[k], 0, load.pair), errno);
		for (size_t i = 0; i < FILES; i++) {
			load.files[i] = memfd_create("file", 0);
			load.inodes[i] = inode_of(load.files[i]);
		}
		assert_int_equal(pthread_create(&looker, NULL, look_around, &load), 0);
		assert_int_equal(pthread_create(&sender, NULL, send_all, &load), 0);
		for (uint32_t i = 0; i < MESSAGES; i++) {
			uint32_t number = ~0u;
			int fd = receive(load.pair[1], &number, sizeof(number));

			assert_int_equal(number, i);
			assert_true(fd >= 0);
			assert_int_equal(inode_of(fd), load.inodes[i % FILES]);
			close(fd);
		}
		atomic_store(&load.done, true);
		pthread_join(looker, NULL);
		pthread_join(sender, &failure);
		assert_null(failure);
		assert_true(atomic_load(&load.looks) > 0);
		close(load.pair[0]);
		close(load.pair[1]);
		for (size_t i = 0; i < FILES; i++)
			close(load.files[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found_wherever_it_waits),
		cmocka_unit_test(test_behind_empty_and_long_datagrams),
		cmocka_unit_test(test_peeking_receiver_is_left_alone),
		cmocka_unit_test(test_no_socket),
		cmocka_unit_test(test_nothing_is_disturbed_under_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
