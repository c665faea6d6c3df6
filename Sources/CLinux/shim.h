// What Prober needs of Linux and Swift cannot reach by itself. Each line says why it is here.
#pragma once

// Glibc's Swift module leaves these headers out.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/if_link.h>
#include <linux/if_addr.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/sock_diag.h>
#include <linux/veth.h>
#include <netdb.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Declared for _GNU_SOURCE only, which the module is built without. glibc 2.32.
const char *strerrorname_np(int error_number);
int setns(int descriptor, int kind);
int unshare(int flags);

// glibc's struct tcp_info stops before the segment counters, and <linux/tcp.h> redefines the part
// that glibc has, so only one of the two can be read. The layout is kernel ABI (tcp(7), TCP_INFO).
#include <netinet/tcp.h>
struct prober_tcp_info {
    struct tcp_info basic;
    uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
    uint32_t segs_out, segs_in, notsent_bytes, min_rtt, data_segs_in, data_segs_out;
};

// open(2) is variadic, which Swift cannot call.
static inline int open_read_only(const char *path) { return open(path, O_RDONLY | O_CLOEXEC); }
