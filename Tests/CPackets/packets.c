#define _GNU_SOURCE
#include "packets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int enter(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    int result = setns(descriptor, CLONE_NEWNET);
    close(descriptor);
    return result;
}

static int64_t now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

// The server.

struct server {
    char path[256];
    uint8_t host;
    int count;
    uint16_t ports[64];
    int stop;
    int ready;
    pthread_t thread;
    int used;
};

static struct server servers[8];

static int open_server(int type, uint16_t port) {
    int descriptor = socket(AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    int on = 1, off = 0;
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) return -1;
    if (type == SOCK_STREAM && listen(descriptor, 1024) < 0) return -1;
    return descriptor;
}

static void answer_datagram(int descriptor, const uint8_t *answer) {
    char data[16], control[256];
    struct sockaddr_in6 peer;
    struct iovec part = {data, sizeof data};
    struct msghdr message = {
        .msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(descriptor, &message, MSG_DONTWAIT) < 0) return;
    struct in6_pktinfo to = {0};
    for (struct cmsghdr *each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each))
        if (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_PKTINFO)
            memcpy(&to, CMSG_DATA(each), sizeof to);
    // Answers from the address that was asked.
    to.ipi6_ifindex = 0;
    char out[CMSG_SPACE(sizeof to)] = {0};
    struct iovec reply = {(void *)answer, 3};
    struct msghdr back = {
        .msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = &reply, .msg_iovlen = 1,
        .msg_control = out, .msg_controllen = sizeof out};
    struct cmsghdr *header = CMSG_FIRSTHDR(&back);
    header->cmsg_level = IPPROTO_IPV6;
    header->cmsg_type = IPV6_PKTINFO;
    header->cmsg_len = CMSG_LEN(sizeof to);
    memcpy(CMSG_DATA(header), &to, sizeof to);
    sendmsg(descriptor, &back, MSG_DONTWAIT);
}

static void *serve(void *argument) {
    struct server *server = argument;
    int epoll = -1, opened[128], count = 0;
    if (enter(server->path) == 0) epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; epoll >= 0 && i < server->count * 2; i++) {
        int is_udp = i % 2;
        int descriptor = open_server(is_udp ? SOCK_DGRAM : SOCK_STREAM, server->ports[i / 2]);
        if (descriptor < 0) { epoll = -1; break; }
        opened[count++] = descriptor;
        struct epoll_event event = {
            .events = EPOLLIN,
            .data.u64 = (uint64_t)descriptor << 32 | (uint64_t)is_udp << 16 | server->ports[i / 2]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
    }
    struct epoll_event stop = {.events = EPOLLIN, .data.u64 = UINT64_MAX};
    if (epoll >= 0) epoll_ctl(epoll, EPOLL_CTL_ADD, server->stop, &stop);
    uint64_t state = epoll >= 0 ? 1 : 2;
    (void)!write(server->ready, &state, sizeof state);
    while (epoll >= 0) {
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.u64 == UINT64_MAX) { ready = -1; break; }
            int descriptor = (int)(events[i].data.u64 >> 32);
            uint16_t port = events[i].data.u64 & 0xffff;
            uint8_t answer[3] = {server->host, port >> 8, port & 255};
            if (events[i].data.u64 >> 16 & 1) {
                answer_datagram(descriptor, answer);
                continue;
            }
            int peer = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (peer < 0) continue;
            (void)!send(peer, answer, sizeof answer, MSG_NOSIGNAL);
            close(peer);
        }
        if (ready < 0 && errno != EINTR) break;
        if (ready < 0) break;
    }
    for (int i = 0; i < count; i++) close(opened[i]);
    if (epoll >= 0) close(epoll);
    return NULL;
}

int packets_serve(const char *path, uint8_t host, const uint16_t *ports, int count) {
    if (count > 64 || strlen(path) > 255) return -1;
    for (int i = 0; i < 8; i++) {
        if (servers[i].used) continue;
        struct server *server = &servers[i];
        strcpy(server->path, path);
        server->host = host;
        server->count = count;
        memcpy(server->ports, ports, count * sizeof *ports);
        server->stop = eventfd(0, EFD_CLOEXEC);
        server->ready = eventfd(0, EFD_CLOEXEC);
        server->used = 1;
        if (pthread_create(&server->thread, NULL, serve, server)) return -1;
        uint64_t state = 0;
        (void)!read(server->ready, &state, sizeof state);
        if (state == 1) return i;
        packets_stop(i);
        return -1;
    }
    return -1;
}

void packets_stop(int handle) {
    if (handle < 0 || handle >= 8 || !servers[handle].used) return;
    uint64_t one = 1;
    (void)!write(servers[handle].stop, &one, sizeof one);
    pthread_join(servers[handle].thread, NULL);
    close(servers[handle].stop);
    close(servers[handle].ready);
    servers[handle].used = 0;
}

// The probes.

static void fill(struct sockaddr_storage *storage, socklen_t *length, int is_ipv6,
                 const uint8_t *bytes, uint16_t port) {
    memset(storage, 0, sizeof *storage);
    if (is_ipv6) {
        struct sockaddr_in6 *address = (void *)storage;
        address->sin6_family = AF_INET6;
        address->sin6_port = htons(port);
        memcpy(&address->sin6_addr, bytes, 16);
        *length = sizeof *address;
    } else {
        struct sockaddr_in *address = (void *)storage;
        address->sin_family = AF_INET;
        address->sin_port = htons(port);
        memcpy(&address->sin_addr, bytes, 4);
        *length = sizeof *address;
    }
}

static int start(struct packet_probe *probe) {
    int type = (probe->is_udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
    int descriptor = socket(probe->is_ipv6 ? AF_INET6 : AF_INET, type, 0);
    if (descriptor < 0) { probe->result = PACKET_FAILED; probe->error = errno; return -1; }
    int on = 1;
    if (probe->is_ipv6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    else setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    struct sockaddr_storage address;
    socklen_t length;
    fill(&address, &length, probe->is_ipv6, probe->source, 0);
    int failed = bind(descriptor, (struct sockaddr *)&address, length) < 0;
    fill(&address, &length, probe->is_ipv6, probe->destination, probe->port);
    if (!failed && connect(descriptor, (struct sockaddr *)&address, length) < 0)
        failed = errno != EINPROGRESS && errno != ECONNREFUSED && errno != EHOSTUNREACH
            && errno != ENETUNREACH && errno != EACCES && errno != ENOPROTOOPT;
    if (!failed && probe->is_udp) (void)!send(descriptor, "probe", 5, 0);
    if (failed) {
        probe->result = PACKET_FAILED;
        probe->error = errno;
        close(descriptor);
        return -1;
    }
    return descriptor;
}

// Whether the probe has come to an end.
static int look(struct packet_probe *probe, int descriptor, int events) {
    char data[64], control[512];
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    // What comes after the handshake is no answer to the first packet.
    int is_connected = !probe->is_udp && !getpeername(descriptor, (struct sockaddr *)&peer, &length);
    struct iovec part = {data, sizeof data};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
        .msg_controllen = sizeof control};
    if (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0 && !is_connected) {
        for (struct cmsghdr *each = CMSG_FIRSTHDR(&message); each;
             each = CMSG_NXTHDR(&message, each)) {
            struct sock_extended_err *error = (void *)CMSG_DATA(each);
            if ((each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_RECVERR)
                || (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_RECVERR)) {
                if (error->ee_origin != SO_EE_ORIGIN_ICMP
                    && error->ee_origin != SO_EE_ORIGIN_ICMP6) continue;
                probe->result = PACKET_ICMP;
                probe->icmp_type = error->ee_type;
                probe->icmp_code = error->ee_code;
                return 1;
            }
        }
    }
    ssize_t size = recv(descriptor, data, sizeof data, MSG_DONTWAIT);
    if (size == 3) {
        probe->result = PACKET_ANSWER;
        probe->host = data[0];
        probe->answered_port = (uint8_t)data[1] << 8 | (uint8_t)data[2];
        return 1;
    }
    // Only what was connected is reset.
    if (!probe->is_udp && size < 0 && errno == ECONNRESET) is_connected = 1;
    if (is_connected) {
        probe->result = PACKET_HANDSHAKE;
        return size < 0 && errno != EAGAIN;
    }
    if (size < 0 && errno == ECONNREFUSED) { probe->result = PACKET_RESET; return 1; }
    if (size < 0 && (events & POLLERR) && errno != EAGAIN && errno != ENOTCONN) {
        probe->result = PACKET_FAILED;
        probe->error = errno;
        return 1;
    }
    return 0;
}

struct batch {
    const char *path;
    struct packet_probe *probes;
    int count, quiet_ms, patience_ms, result, error;
};

static void *run(void *argument) {
    struct batch *batch = argument;
    batch->result = -1;
    if (enter(batch->path) < 0) { batch->error = errno; return NULL; }
    struct pollfd *waiting = calloc(batch->count, sizeof *waiting);
    if (!waiting) { batch->error = ENOMEM; return NULL; }
    int expected = 0, open = 0;
    for (int i = 0; i < batch->count; i++) {
        batch->probes[i].result = PACKET_SILENCE;
        waiting[i].fd = start(&batch->probes[i]);
        waiting[i].events = POLLIN;
        if (waiting[i].fd < 0) continue;
        open++;
        expected += batch->probes[i].expects_answer;
    }
    int64_t begin = now_us();
    while (open > 0) {
        int64_t passed = now_us() - begin;
        int64_t limit = expected > 0 ? batch->patience_ms : batch->quiet_ms;
        int64_t left = limit * 1000 - passed;
        int wait = left <= 0 ? 0 : (int)((left + 999) / 1000);
        int ready = poll(waiting, batch->count, wait > 2 ? 2 : wait);
        for (int i = 0; ready > 0 && i < batch->count; i++) {
            if (waiting[i].fd < 0 || !waiting[i].revents) continue;
            if (!look(&batch->probes[i], waiting[i].fd, waiting[i].revents)) continue;
            open--;
            expected -= batch->probes[i].expects_answer;
            struct linger now = {1, 0};
            setsockopt(waiting[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            close(waiting[i].fd);
            waiting[i].fd = -1;
        }
        if (left <= 0) break;
    }
    for (int i = 0; i < batch->count; i++) {
        if (waiting[i].fd < 0) continue;
        look(&batch->probes[i], waiting[i].fd, 0);
        close(waiting[i].fd);
    }
    free(waiting);
    batch->result = 0;
    return NULL;
}

int packets_probe(
    const char *path, struct packet_probe *probes, int count, int quiet_ms, int patience_ms) {
    struct batch batch = {path, probes, count, quiet_ms, patience_ms, -1, 0};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, &batch)) return -1;
    pthread_join(thread, NULL);
    errno = batch.error;
    return batch.result;
}

void packets_keep_order(void) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
}
