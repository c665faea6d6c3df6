#define _GNU_SOURCE
#include "way.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <math.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

enum {
    SLOT = 2048,            // one arrived frame of a device with the usual MTU
    SLOTS = 16384,          // a hundred milliseconds of 150,000 frames a second
    LINE = 32 << 20,        // frames on their way: 300,000 short ones, or 20,000 long ones
    BATCH = 64,             // frames sent with one call
    TURN = 1024,            // frames taken before those that are due are sent
    LONGEST_SLEEP = 4000000,
    PACKET_DROP_OUTGOING = 23,  // PACKET_IGNORE_OUTGOING, which older headers lack
};

// A frame on its way; its bytes follow.
struct entry {
    uint64_t due;
    uint32_t length;
    uint32_t is_control;
};

struct way {
    const struct device *from, *to;
    struct conditions conditions;
    double loss;
    uint64_t random;      // the state of the generator
    int in_burst;         // the last frame was lost, and bursts were asked for
    unsigned slot;        // of the ring, next to look at
    uint64_t last_due;    // no frame overtakes another
    double rate_free;     // when the rate allows the next frame
    uint8_t *line;        // entries, from `first` to `end`; they begin anew at 0 where `wrap` says
    size_t first, end, wrap;
    struct counts counts;
};

static uint64_t nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static _Noreturn void end(const char *what) {
    fprintf(stderr, "link: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void set(int descriptor, int option, const void *value, socklen_t length) {
    if (setsockopt(descriptor, SOL_PACKET, option, value, length) < 0) end("setsockopt");
}

struct device open_device(const char *name) {
    struct device device = {.socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
    if (device.socket < 0) end("socket");
    int version = TPACKET_V2, on = 1;
    set(device.socket, PACKET_VERSION, &version, sizeof version);
    set(device.socket, PACKET_DROP_OUTGOING, &on, sizeof on);
    set(device.socket, PACKET_QDISC_BYPASS, &on, sizeof on);
    struct tpacket_req ring = {
        .tp_block_size = 64 * SLOT, .tp_block_nr = SLOTS / 64, .tp_frame_size = SLOT,
        .tp_frame_nr = SLOTS};
    set(device.socket, PACKET_RX_RING, &ring, sizeof ring);
    device.ring = mmap(
        NULL, (size_t)SLOT * SLOTS, PROT_READ | PROT_WRITE, MAP_SHARED, device.socket, 0);
    if (device.ring == MAP_FAILED) end("mmap");
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)if_nametoindex(name)};
    if (address.sll_ifindex == 0
        || bind(device.socket, (struct sockaddr *)&address, sizeof address) < 0)
        end(name);
    return device;
}

uint64_t missed_frames(const struct device *device) {
    struct tpacket_stats statistics = {0};
    socklen_t length = sizeof statistics;
    int result = getsockopt(device->socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);
    return result < 0 ? 0 : statistics.tp_drops;
}

static void count(atomic_ulong *counter) {
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

// The next number of a sequence from 0 up to 1 (SplitMix64).
static double draw(struct way *way) {
    uint64_t z = way->random += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return ((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

// Whether chance takes a frame: one number for each, so that the seed decides of the n-th.
static bool is_lost(struct way *way) {
    double burst = way->conditions.burst, number = draw(way);
    if (burst == 0) return number < way->loss;
    // Gilbert's model: nothing is lost in one state, and everything in the other.
    double start = way->loss < 1 ? way->loss / (1 - way->loss) / burst : 1;
    way->in_burst = way->in_burst ? number >= 1 / burst || way->loss >= 1 : number < start;
    return way->in_burst;
}

// ARP, and what goes to a group, as IPv6 asks for neighbours.
//
// It keeps the wire itself going, and nobody who wants to lose packets wants to lose the neighbour.
static bool is_control(const uint8_t *frame) {
    uint16_t type = frame[12] << 8 | frame[13];
    return frame[0] & 1 || (type != ETH_P_IP && type != ETH_P_IPV6);
}

// When the rate lets a frame go that arrives at `now`, or 0 if too many wait already.
static uint64_t pass_rate(struct way *way, uint64_t now, uint32_t length) {
    const struct conditions *conditions = &way->conditions;
    double taken = 0;
    if (conditions->packet_rate > 0) taken = 1e9 / conditions->packet_rate;
    if (conditions->bit_rate > 0) taken = length * 8e9 / conditions->bit_rate;
    if (taken == 0) return now;
    double start = fmax(now, way->rate_free);
    if ((start - now) / taken >= conditions->queue) return 0;
    way->rate_free = start + taken;
    return way->rate_free;
}

// A place for a frame at the end of the line, or NULL if there is none.
static struct entry *append(struct way *way, uint32_t length) {
    size_t size = (sizeof(struct entry) + length + 15) & ~15ul;
    if (way->first == way->end) way->first = way->end = 0;
    if (way->end >= way->first && way->end + size > LINE) {
        if (size >= way->first) return NULL;
        way->wrap = way->end;
        way->end = 0;
    } else if (way->end < way->first && way->end + size >= way->first) {
        return NULL;
    }
    struct entry *entry = (struct entry *)(way->line + way->end);
    way->end += size;
    return entry;
}

// The entry at or after `place`, and where the next begins; NULL at the end of the line.
static struct entry *entry_at(const struct way *way, size_t *place) {
    if (*place == way->end) return NULL;
    if (way->end < *place && *place == way->wrap) *place = 0;
    if (*place == way->end) return NULL;
    struct entry *entry = (struct entry *)(way->line + *place);
    *place += (sizeof *entry + entry->length + 15) & ~15ul;
    return entry;
}

static void take_frame(struct way *way, const uint8_t *frame, uint32_t length, uint64_t arrival) {
    uint64_t leaves = arrival;
    bool control = is_control(frame);
    if (control) {
        count(&way->counts.control);
    } else {
        count(&way->counts.received);
        if (is_lost(way)) return count(&way->counts.lost);
        leaves = pass_rate(way, arrival, length);
        if (leaves == 0) return count(&way->counts.queue_full);
    }
    struct entry *entry = append(way, length);
    if (entry == NULL) return count(&way->counts.failed);
    uint64_t due = leaves + way->conditions.delay;
    if (due < way->last_due) due = way->last_due;
    *entry = (struct entry){.due = way->last_due = due, .length = length, .is_control = control};
    memcpy(entry + 1, frame, length);
}

// Takes what has arrived; whether there may be more.
static bool take(struct way *way) {
    // The kernel stamps frames with the time of day.
    uint64_t now = nanoseconds(CLOCK_MONOTONIC), today = nanoseconds(CLOCK_REALTIME);
    for (int taken = 0; taken < TURN; taken++) {
        struct tpacket2_hdr *header =
            (struct tpacket2_hdr *)(way->from->ring + (size_t)way->slot * SLOT);
        if (!(__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) return false;
        uint64_t stamp = header->tp_sec * 1000000000ull + header->tp_nsec;
        uint64_t age = stamp < today ? today - stamp : 0;
        // The clock was set, if it is older.
        if (age > 1000000000) age = 0;
        if (header->tp_snaplen == header->tp_len && header->tp_len >= ETH_HLEN)
            take_frame(way, (uint8_t *)header + header->tp_mac, header->tp_len, now - age);
        else
            count(&way->counts.failed);
        __atomic_store_n(&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        way->slot = (way->slot + 1) % SLOTS;
    }
    return true;
}

// Sends up to a batch of what is due at `now`; how many frames that were.
static int send_batch(struct way *way, uint64_t now) {
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];
    struct entry *entries[BATCH];
    size_t places[BATCH], place = way->first;
    int due = 0;
    for (; due < BATCH; due++) {
        struct entry *entry = entry_at(way, &place);
        if (entry == NULL || entry->due > now) break;
        entries[due] = entry;
        places[due] = place;
        parts[due] = (struct iovec){entry + 1, entry->length};
        messages[due] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[due], .msg_iovlen = 1}};
    }
    if (due == 0) return 0;
    uint64_t late = now - entries[0]->due;
    if (late > atomic_load_explicit(&way->counts.latest, memory_order_relaxed))
        atomic_store_explicit(&way->counts.latest, late, memory_order_relaxed);
    int sent = sendmmsg(way->to->socket, messages, due, 0);
    if (sent <= 0) {
        if (errno == ENETDOWN || errno == ENXIO || errno == ENODEV) end("the link is gone");
        // The processor's backlog is full: later.
        if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR) return 0;
        count(&way->counts.failed);
        way->first = places[0];
        return due;
    }
    for (int i = 0; i < sent; i++)
        if (!entries[i]->is_control) count(&way->counts.delivered);
    way->first = places[sent - 1];
    return due;
}

static void sleep_until(uint64_t time) {
    struct timespec until = {.tv_sec = time / 1000000000, .tv_nsec = time % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void *carry(void *argument) {
    struct way *way = argument;
    prctl(PR_SET_TIMERSLACK, 10000ul);
    // A wire does not wait for a busy processor.
    struct sched_param priority = {.sched_priority = 1};
    pthread_setschedparam(pthread_self(), SCHED_RR, &priority);
    // Frames that are due soon after another leave with the next batch, never early.
    uint64_t gather = way->conditions.delay / 100;
    gather = gather < 100000 ? 100000 : gather > 500000 ? 500000 : gather;
    for (;;) {
        bool more = take(way);
        uint64_t now = nanoseconds(CLOCK_MONOTONIC);
        while (send_batch(way, now) == BATCH) {}
        if (more) continue;
        size_t place = way->first;
        const struct entry *next = entry_at(way, &place);
        if (next != NULL) {
            // What arrives meanwhile stays in the ring, with its time, and cannot be due earlier.
            uint64_t wake = next->due < now + gather ? now + gather : next->due;
            sleep_until(wake > now + LONGEST_SLEEP ? now + LONGEST_SLEEP : wake);
            continue;
        }
        struct pollfd arrival = {.fd = way->from->socket, .events = POLLIN};
        if (poll(&arrival, 1, -1) < 0 && errno != EINTR) end("poll");
        if (arrival.revents & (POLLERR | POLLHUP | POLLNVAL)) {
            errno = ENETDOWN;
            end("the link is gone");
        }
        // A frame that is due at once may as well have company.
        if (way->conditions.delay < gather) sleep_until(nanoseconds(CLOCK_MONOTONIC) + gather);
    }
}

struct way *start_way(int number, const struct conditions *conditions, const struct device *from,
    const struct device *to) {
    struct way *way = calloc(1, sizeof *way);
    if (way == NULL) end("calloc");
    way->from = from;
    way->to = to;
    way->conditions = *conditions;
    way->loss = conditions->loss[number];
    way->random = conditions->seed * WAYS + number;
    way->line = mmap(
        NULL, LINE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (way->line == MAP_FAILED) end("mmap");
    pthread_t thread;
    errno = pthread_create(&thread, NULL, carry, way);
    if (errno != 0) end("pthread_create");
    return way;
}

struct counts *counts_of(struct way *way) { return &way->counts; }
