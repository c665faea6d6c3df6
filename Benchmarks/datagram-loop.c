// The least that a UDP scan can do on one thread: one socket, a datagram to each of 65,535 ports of
// an IPv4 host in batches of 64, and the queued ICMP errors. Prints how many ports said that they
// are closed. For comparison with prober; see docs/benchmarks.md.
//
// usage: datagram-loop ADDRESS
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { batch = 64, ports = 65535 };

static unsigned char closed_ports[65536];
static int closed_count;

static void drain(int descriptor) {
    static char control[batch][256], bytes[batch][256];
    static struct sockaddr_in peers[batch];
    static struct iovec parts[batch];
    static struct mmsghdr messages[batch];
    for (;;) {
        for (int index = 0; index < batch; index++) {
            parts[index] = (struct iovec){bytes[index], sizeof bytes[index]};
            messages[index].msg_hdr = (struct msghdr){
                .msg_name = &peers[index], .msg_namelen = sizeof peers[index],
                .msg_iov = &parts[index], .msg_iovlen = 1,
                .msg_control = control[index], .msg_controllen = sizeof control[index]};
        }
        int count = recvmmsg(descriptor, messages, batch, MSG_ERRQUEUE | MSG_DONTWAIT, NULL);
        if (count <= 0) return;
        for (int index = 0; index < count; index++) {
            int port = ntohs(peers[index].sin_port);
            closed_count += !closed_ports[port];
            closed_ports[port] = 1;
        }
    }
}

int main(int argument_count, char **arguments) {
    if (argument_count != 2) return 64;
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), on = 1, room = 8 << 20;
    setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    static char payload[17];
    static struct sockaddr_in targets[batch];
    static struct iovec part = {payload, sizeof payload};
    static struct mmsghdr messages[batch];
    int next = 1;
    while (next <= ports) {
        int count = 0;
        for (; count < batch && next + count <= ports; count++) {
            targets[count] = (struct sockaddr_in){
                .sin_family = AF_INET, .sin_port = htons(next + count)};
            inet_pton(AF_INET, arguments[1], &targets[count].sin_addr);
            messages[count].msg_hdr = (struct msghdr){
                .msg_name = &targets[count], .msg_namelen = sizeof targets[count],
                .msg_iov = &part, .msg_iovlen = 1};
        }
        int sent = sendmmsg(descriptor, messages, count, 0);
        if (sent > 0) next += sent;
        drain(descriptor);
    }
    drain(descriptor);
    printf("%d closed\n", closed_count);
}
