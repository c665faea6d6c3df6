#include "conditions.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct unit {
    const char *name;
    double factor;
};

static const struct unit durations[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {NULL, 0}};
static const struct unit shares[] = {{"%", 0.01}, {NULL, 0}};
static const struct unit plain[] = {{"", 1}, {NULL, 0}};
static const struct unit packet_rates[] = {{"pps", 1}, {"kpps", 1e3}, {NULL, 0}};
static const struct unit bit_rates[] = {
    {"bit", 1}, {"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}, {NULL, 0}};

static void refuse(const char *flag, const char *text, const char *wanted) {
    fprintf(stderr, "link: %s %s is not understood: %s\n", flag, text ? text : "without a value",
        wanted);
    exit(64);
}

// A number in one of the units, from 0 to `most`; false if the text is something else.
static bool number(const char *text, const struct unit *units, double most, double *value) {
    if (text == NULL || *text < '0' || *text > '9') return false;
    char *rest;
    double digits = strtod(text, &rest);
    for (; units->name != NULL; units++) {
        if (strcmp(rest, units->name) != 0) continue;
        *value = digits * units->factor;
        return *value >= 0 && *value <= most;
    }
    return false;
}

static double share(const char *flag, const char *text) {
    double value;
    if (!number(text, shares, 1, &value)) refuse(flag, text, "a share of all packets, as in 2%");
    return value;
}

// A whole number.
static uint64_t whole(const char *flag, const char *text, double least, double most) {
    double value;
    if (!number(text, plain, most, &value) || value < least || value != floor(value))
        refuse(flag, text, "a whole number");
    return value;
}

struct conditions read_conditions(int count, char **arguments, int *next) {
    struct conditions conditions = {.queue = 1000};
    for (; *next < count && strncmp(arguments[*next], "--", 2) == 0; *next += 2) {
        const char *flag = arguments[*next];
        const char *text = *next + 1 < count ? arguments[*next + 1] : NULL;
        double value;
        if (strcmp(flag, "--rtt") == 0) {
            if (!number(text, durations, 10e9, &value))
                refuse(flag, text, "a time up to 10s, as in 40ms");
            conditions.delay = value / 2;
        } else if (strcmp(flag, "--loss") == 0) {
            conditions.loss[THERE] = share(flag, text);
        } else if (strcmp(flag, "--loss-back") == 0) {
            conditions.loss[BACK] = share(flag, text);
        } else if (strcmp(flag, "--loss-burst") == 0) {
            if (!number(text, plain, 1e6, &conditions.burst) || conditions.burst < 1)
                refuse(flag, text, "how many packets are lost in a row on average, 1 or more");
        } else if (strcmp(flag, "--rate") == 0) {
            if (!number(text, packet_rates, 1e7, &conditions.packet_rate)
                && !number(text, bit_rates, 1e11, &conditions.bit_rate))
                refuse(flag, text, "packets or bits a second, as in 10000pps or 10mbit");
            if (conditions.packet_rate < 1 && conditions.bit_rate < 1e3)
                refuse(flag, text, "1pps or 1kbit at least");
        } else if (strcmp(flag, "--queue") == 0) {
            conditions.queue = whole(flag, text, 1, 1e6);
        } else if (strcmp(flag, "--seed") == 0) {
            conditions.seed = whole(flag, text, 0, 9e15);
            conditions.seeded = true;
        } else if (strcmp(flag, "--report") == 0 && text != NULL) {
            conditions.report = text;
        } else {
            fprintf(stderr, "link: there is no flag %s\n", flag);
            exit(64);
        }
    }
    if (!conditions.seeded) {
        uint32_t seed = 1;
        if (getrandom(&seed, sizeof seed, 0) < 0) perror("link: getrandom");
        conditions.seed = seed;
    }
    return conditions;
}

void describe(const struct conditions *conditions) {
    printf("round trip %g ms, loss %g%% there and %g%% back", conditions->delay / 5e5,
        conditions->loss[THERE] * 100, conditions->loss[BACK] * 100);
    if (conditions->burst > 0) printf(" in bursts of %g", conditions->burst);
    if (conditions->packet_rate > 0) printf(", %g packets/s", conditions->packet_rate);
    if (conditions->bit_rate > 0) printf(", %g kbit/s", conditions->bit_rate / 1e3);
    if (conditions->packet_rate + conditions->bit_rate > 0)
        printf(" after a queue of %u", conditions->queue);
}

bool write_netem(const struct conditions *conditions) {
    // It knows no rate in packets, and takes a seed only since Linux 6.6.
    if (conditions->packet_rate > 0 || conditions->seeded) return false;
    // Its limit counts what is on its way as well as what waits for the rate.
    double shortest_frame = 60 * 8, most = 1e6;
    if (conditions->bit_rate > 0)
        most = conditions->queue + conditions->bit_rate / shortest_frame * conditions->delay / 1e9;
    for (int way = THERE; way < WAYS; way++) {
        double loss = conditions->loss[way];
        printf("delay %.0fus limit %.0f", conditions->delay / 1e3, ceil(most));
        if (loss > 0 && conditions->burst > 0)
            printf(" loss gemodel %g%% %g%%", 100 * fmin(1, loss / (1 - loss) / conditions->burst),
                100 / conditions->burst);
        else if (loss > 0)
            printf(" loss %g%%", loss * 100);
        if (conditions->bit_rate > 0) printf(" rate %.0fbit", conditions->bit_rate);
        printf("\n");
    }
    return true;
}
