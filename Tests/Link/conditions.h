// What a link does to the frames it carries, and the flags that say so.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { THERE, BACK, WAYS };

struct conditions {
    uint64_t delay;      // each way, nanoseconds
    double loss[WAYS];   // the share of frames that is lost, 0 to 1
    double burst;        // how many are lost in a row on average; 0: each by itself
    double packet_rate;  // a second, each way; 0: no limit
    double bit_rate;     // the same
    uint32_t queue;      // frames that wait for the rate at most
    uint64_t seed;
    bool seeded;         // a seed was asked for
    const char *report;  // a file for the counts
};

// Reads flags, as in the usage text, and moves *next to the first argument that is none of them.
// What is wrong with one goes to standard error, with status 64.
struct conditions read_conditions(int count, char **arguments, int *next);

// Writes the conditions in words.
void describe(const struct conditions *conditions);

// Writes the words for `tc qdisc add ... netem` that say the same, a line for each way; false if
// netem cannot do it.
bool write_netem(const struct conditions *conditions);
