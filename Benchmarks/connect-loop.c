// The yardstick for the connect engine: the shortest C loop that asks every TCP port of one IPv4
// address, on as many threads as the second argument says. It reads SO_ERROR only, and so cannot
// tell a firewall's reject from a closed port.
//
//   cc -O2 -pthread -o connect-loop connect-loop.c && ./connect-loop 203.0.113.10 2
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IN_FLIGHT = 4096, EVENTS = 512, BURST = 64 };

static struct in_addr target;
static int threads;
static int open_count, closed_count, other_count;

static void *scan(void *argument) {
    int epoll = epoll_create1(0), in_flight = 0, opened = 0, closed = 0, other = 0;
    struct epoll_event events[EVENTS];
    for (long port = 1 + (long)argument; port < 65536 || in_flight > 0;) {
        for (int i = 0; i < BURST && port < 65536 && in_flight < IN_FLIGHT; i++, port += threads) {
            struct sockaddr_in address = {
                .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = target};
            int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            int result = connect(descriptor, (struct sockaddr *)&address, sizeof address);
            if (descriptor < 0 || (result < 0 && errno != EINPROGRESS)) {
                perror("connect");
                exit(1);
            }
            struct epoll_event event = {.events = EPOLLOUT, .data.fd = descriptor};
            epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
            in_flight++;
        }
        int count = epoll_wait(epoll, events, EVENTS, port < 65536 ? 0 : 1000);
        for (int i = 0; i < count; i++, in_flight--) {
            int error = 0;
            socklen_t length = sizeof error;
            getsockopt(events[i].data.fd, SOL_SOCKET, SO_ERROR, &error, &length);
            error == 0 ? opened++ : error == ECONNREFUSED ? closed++ : other++;
            close(events[i].data.fd);
        }
    }
    __atomic_add_fetch(&open_count, opened, __ATOMIC_RELAXED);
    __atomic_add_fetch(&closed_count, closed, __ATOMIC_RELAXED);
    __atomic_add_fetch(&other_count, other, __ATOMIC_RELAXED);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 3 || !inet_aton(arguments[1], &target) || (threads = atoi(arguments[2])) < 1) {
        fprintf(stderr, "usage: connect-loop ADDRESS THREADS\n");
        return 64;
    }
    pthread_t ids[threads];
    for (long i = 0; i < threads; i++) pthread_create(&ids[i], NULL, scan, (void *)i);
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    printf("%d open, %d closed, %d other\n", open_count, closed_count, other_count);
}
