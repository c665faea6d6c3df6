// One way of the link: frames taken from one device, and sent on another when their time has come.
#pragma once
#include "conditions.h"
#include <stdatomic.h>

struct counts {
    atomic_ulong received;    // what may be lost: IPv4 and IPv6 packets for one receiver
    atomic_ulong lost;        // by chance
    atomic_ulong queue_full;  // the rate did not allow it, and too many waited already
    atomic_ulong delivered;
    atomic_ulong failed;      // by this program, which was too slow; 0 is the only good number
    atomic_ulong control;     // neighbour and group traffic, which is delayed only
    atomic_ulong latest;      // nanoseconds by which a frame was sent too late at most
};

struct device {
    int socket;
    uint8_t *ring;  // frames that arrived, written by the kernel
};

// Opens a device of this network namespace, or ends the program.
struct device open_device(const char *name);

// Frames that the kernel could not put into the ring since the last call.
uint64_t missed_frames(const struct device *device);

struct way;

// A thread that carries frames from one device to another until the program ends.
struct way *start_way(int number, const struct conditions *conditions, const struct device *from,
    const struct device *to);

struct counts *counts_of(struct way *way);
