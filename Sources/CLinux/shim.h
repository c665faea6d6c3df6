// What Prober needs of Linux and Swift cannot reach by itself. Each line says why it is here.
#pragma once

// Glibc's Swift module leaves these headers out.
#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/errqueue.h>
#include <linux/fou.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/if_addr.h>
#include <linux/inet_diag.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/sock_diag.h>
#include <linux/veth.h>
#include <linux/wireguard.h>
#include <netdb.h>
#include <net/if.h>
#include <poll.h>
#include <pwd.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Declared for _GNU_SOURCE only, which the module is built without. glibc 2.32.
const char *strerrorname_np(int error_number);
int setns(int descriptor, int kind);
int unshare(int flags);
int pipe2(int ends[2], int flags);
int memfd_create(const char *name, unsigned int flags);
int ppoll(struct pollfd *set, nfds_t count, const struct timespec *time, const sigset_t *mask);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int setresgid(gid_t real, gid_t effective, gid_t saved);

// glibc has these without a header; version 3 of the header takes two sets of 32 bits (capget(2)).
int capget(cap_user_header_t header, cap_user_data_t sets);
int capset(cap_user_header_t header, const cap_user_data_t sets);

// Leaves the calling thread without a capability; 0 or -1.
static inline int prober_clear_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{0, 0, 0}, {0, 0, 0}};
    return capset(&header, sets);
}

// Whether the calling thread has a capability, or may get one back; -1 where that cannot be told.
static inline int prober_has_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{0, 0, 0}, {0, 0, 0}};
    if (capget(&header, sets) != 0) return -1;
    return (sets[0].effective | sets[0].permitted | sets[1].effective | sets[1].permitted) != 0;
}

#include <netinet/tcp.h>

// <linux/in.h>, which has this, and <netinet/in.h> cannot both be read. Linux 6.3.
static const int prober_ip_local_port_range = 51;

// <sys/socket.h> shows these to _GNU_SOURCE only, and Glibc's module reads it without. glibc 2.14.
struct prober_mmsghdr {
    struct msghdr msg_hdr;
    unsigned int msg_len;
};
int prober_sendmmsg(int descriptor, struct prober_mmsghdr *messages, unsigned int count, int flags)
    __asm__("sendmmsg");
int prober_recvmmsg(int descriptor, struct prober_mmsghdr *messages, unsigned int count, int flags,
                    struct timespec *timeout) __asm__("recvmmsg");

// open(2) is variadic, which Swift cannot call.
static inline int open_read_only(const char *path) { return open(path, O_RDONLY | O_CLOEXEC); }

// POSIX_SPAWN_SETSID and MFD_CLOEXEC of <spawn.h> and <sys/mman.h>, for _GNU_SOURCE only. glibc 2.27.
static const short prober_spawn_setsid = 0x80;
static const unsigned int prober_memory_file_closes = 1;
