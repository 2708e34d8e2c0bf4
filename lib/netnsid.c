// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink_socket.h"
#include "netnsid.h"
#include "nsfs.h"
#include "open_route.h"
#include "util.h"

struct request {
	struct nlmsghdr header;
	struct rtgenmsg family;
	alignas(NLA_ALIGNTO) struct nlattr attribute;
	uint32_t fd;
};

static int send_request(int netlink, int fd, uint32_t sequence)
{
	struct request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETNSID,
			.nlmsg_flags = NLM_F_REQUEST,
			.nlmsg_seq = sequence,
		},
		.family.rtgen_family = AF_UNSPEC,
		.attribute = { .nla_len = NLA_HDRLEN + sizeof(request.fd), .nla_type = NETNSA_FD },
		.fd = fd,
	};

	return send(netlink, &request, sizeof(request), 0) < 0 ? -errno : 0;
}

static int find_netnsid(const struct nlmsghdr *message, int32_t *netnsid)
{
	const char *attributes = (const char *)NLMSG_DATA(message) + NLMSG_ALIGN(sizeof(struct rtgenmsg));
	size_t left = message->nlmsg_len - NLMSG_SPACE(sizeof(struct rtgenmsg));

	if (message->nlmsg_len < NLMSG_SPACE(sizeof(struct rtgenmsg)))
		return -EBADMSG;
	while (left >= NLA_HDRLEN) {
		struct nlattr attribute;
		size_t length;

		memcpy(&attribute, attributes, sizeof(attribute));
		if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > left)
			break;
		if (attribute.nla_type == NETNSA_NSID && attribute.nla_len >= NLA_HDRLEN + sizeof(*netnsid)) {
			memcpy(netnsid, attributes + NLA_HDRLEN, sizeof(*netnsid));
			return 0;
		}
		length = NLA_ALIGN(attribute.nla_len);
		left -= length < left ? length : left;
		attributes += length;
	}
	return -EBADMSG;
}

static int receive_answer(int netlink, uint32_t sequence, int32_t *netnsid)
{
	alignas(NLMSG_ALIGNTO) char buffer[4096];
	const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
	const struct nlmsgerr *error = NLMSG_DATA(message);
	ssize_t length = recv(netlink, buffer, sizeof(buffer), 0);

	if (length < 0)
		return -errno;
	if ((size_t)length < NLMSG_HDRLEN || message->nlmsg_len < NLMSG_HDRLEN || message->nlmsg_len > (size_t)length ||
	    message->nlmsg_seq != sequence)
		return -EBADMSG;
	if (message->nlmsg_type == NLMSG_ERROR)
		return (size_t)length < NLMSG_LENGTH(sizeof(*error)) || !error->error ? -EBADMSG : error->error;
	return message->nlmsg_type == RTM_NEWNSID ? find_netnsid(message, netnsid) : -EBADMSG;
}

/* One question at a time: the kernel answers within send(). */
static int ask(int netlink, int fd, uint32_t sequence, int32_t *netnsid)
{
	int err = send_request(netlink, fd, sequence);

	return err ? err : receive_answer(netlink, sequence, netnsid);
}

static int add(struct procns *ctx, struct procns_snapshot *s, int netlink)
{
	struct procns_ns *ns;
	size_t unopened = 0, unanswered = 0;

	for (size_t i = 0; (ns = snapshot_ns_at(s, i)); i++) {
		cleanup_fd int fd = -1;

		if (ns->type != PROCNS_NET)
			continue;
		fd = open_quickly(ctx, s, ns);
		if (out_of_resources(fd))
			return fd;
		if (fd < 0)
			unopened++;
		else if (ask(netlink, fd, i + 1, &ns->netnsid) < 0)
			unanswered++;
		else
			ns->known |= PROCNS_FACT_NETNSID;
	}
	if (unanswered && snapshot_gap(s, "netnsid of %zu net namespaces: the kernel did not tell", unanswered) < 0)
		return -ENOMEM;
	if (unopened && snapshot_gap(s, "netnsid of %zu net namespaces: they may not be opened, which needs CAP_SYS_ADMIN over their "
				     "owners", unopened) < 0)
		return -ENOMEM;
	return 0;
}

int netnsid_add(struct procns *ctx, struct procns_snapshot *s)
{
	cleanup_fd int netlink = netlink_socket(NETLINK_ROUTE);

	if (netlink < 0 && out_of_resources(netlink))
		return netlink;
	if (netlink < 0)
		return snapshot_gap(s, "netnsid: cannot open a netlink socket: %s", strerror(-netlink));
	return add(ctx, s, netlink);
}
