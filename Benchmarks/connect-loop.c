// The yardstick for the connect engine: the shortest C loop that asks every TCP port of one IPv4
// address, on as many threads as the second argument says. It reads SO_ERROR only, and so cannot
// tell a firewall's reject from a closed port. Without a time to wait it waits for ever, which is
// right where everything answers; with one it asks a silent port so many times again, and at once.
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
#include <time.h>
#include <unistd.h>

enum { PORTS = 65535, EVENTS = 512, BURST = 64 };

struct probe {
    int descriptor;  // -1 when it is over
    int port, left;
    double deadline;
};

static struct in_addr target;
static int threads, retries, most = 4096;
static double patience = 1e9;
static int open_count, closed_count, silent_count, other_count;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static struct probe launch(int epoll, int port, int left, unsigned number) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = target};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int result = connect(descriptor, (struct sockaddr *)&address, sizeof address);
    if (descriptor < 0 || (result < 0 && errno != EINPROGRESS)) {
        perror("connect");
        exit(1);
    }
    struct epoll_event event = {.events = EPOLLOUT, .data.u32 = number};
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
    return (struct probe){descriptor, port, left, now() + patience};
}

static void *scan(void *argument) {
    int epoll = epoll_create1(0), in_flight = 0, opened = 0, closed = 0, silent = 0, other = 0;
    struct epoll_event events[EVENTS];
    // In the order in which they left, which is that in which they run out of time.
    struct probe *probes = calloc((PORTS / threads + 1) * (retries + 1), sizeof *probes);
    unsigned first = 0, end = 0;
    for (long port = 1 + (long)argument; port <= PORTS || in_flight > 0;) {
        for (int i = 0; i < BURST && port <= PORTS && in_flight < most; i++, port += threads) {
            probes[end] = launch(epoll, port, retries, end);
            end++;
            in_flight++;
        }
        int wait = port <= PORTS && in_flight < most ? 0 : patience < 1e9 ? 10 : 1000;
        int count = epoll_wait(epoll, events, EVENTS, wait);
        for (int i = 0; i < count; i++, in_flight--) {
            struct probe *probe = &probes[events[i].data.u32];
            int error = 0;
            socklen_t length = sizeof error;
            getsockopt(probe->descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
            error == 0 ? opened++ : error == ECONNREFUSED ? closed++ : other++;
            close(probe->descriptor);
            probe->descriptor = -1;
        }
        for (double time = now(); first < end; first++) {
            struct probe late = probes[first];
            if (late.descriptor < 0) continue;
            if (late.deadline > time) break;
            close(late.descriptor);
            if (late.left > 0) {
                probes[end] = launch(epoll, late.port, late.left - 1, end);
                end++;
            } else {
                silent++;
                in_flight--;
            }
        }
    }
    __atomic_add_fetch(&open_count, opened, __ATOMIC_RELAXED);
    __atomic_add_fetch(&closed_count, closed, __ATOMIC_RELAXED);
    __atomic_add_fetch(&silent_count, silent, __ATOMIC_RELAXED);
    __atomic_add_fetch(&other_count, other, __ATOMIC_RELAXED);
    return NULL;
}

int main(int count, char **arguments) {
    if (count < 3 || !inet_aton(arguments[1], &target) || (threads = atoi(arguments[2])) < 1) {
        fprintf(stderr,
            "usage: connect-loop ADDRESS THREADS [MILLISECONDS [RETRIES [IN-FLIGHT]]]\n");
        return 64;
    }
    if (count > 3) patience = atof(arguments[3]) / 1e3;
    if (count > 4) retries = atoi(arguments[4]);
    if (count > 5) most = atoi(arguments[5]);
    pthread_t ids[threads];
    for (long i = 0; i < threads; i++) pthread_create(&ids[i], NULL, scan, (void *)i);
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    printf("%d open, %d closed, %d silent, %d other\n", open_count, closed_count, silent_count,
        other_count);
}
