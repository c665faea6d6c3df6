// The cable of a lab with a link: carries frames between two devices of this network namespace,
// late, and not all of them. A test tool; scripts/lab builds and starts it.
#define _GNU_SOURCE
#include "conditions.h"
#include "way.h"
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char usage[] =
    "usage: link carry [FLAGS] DEVICE DEVICE   until SIGTERM; SIGUSR1 writes the report\n"
    "       link describe [FLAGS]              the conditions in words\n"
    "       link netem [FLAGS]                 the same for `tc qdisc add`, a line for each way\n"
    "       link checksum DEVICE               have its checksums made before frames leave\n"
    "\n"
    "  --rtt TIME           round trip, half of it each way, as in 40ms\n"
    "  --loss SHARE         of packets on the way there, as in 2%\n"
    "  --loss-back SHARE    and back\n"
    "  --loss-burst N       lose N in a row on average, not each by itself\n"
    "  --rate RATE          packets or bits a second each way, as in 10000pps or 10mbit\n"
    "  --queue PACKETS      that wait for the rate at most (default 1000)\n"
    "  --seed N             the same N loses the same packets\n"
    "  --report FILE        for the counts\n";

static void write_way(FILE *file, const char *name, const struct device *from, struct way *way) {
    struct counts *counts = counts_of(way);
    counts->failed += missed_frames(from);
    fprintf(file,
        "\"%s\":{\"received\":%lu,\"lost\":%lu,\"queue_full\":%lu,\"delivered\":%lu,\"failed\":%lu,"
        "\"control\":%lu,\"latest_us\":%lu}",
        name, counts->received, counts->lost, counts->queue_full, counts->delivered, counts->failed,
        counts->control, counts->latest / 1000);
}

// Writes the counts to the file for them, which then has all of them or is the one before.
static void write_report(const struct conditions *conditions, const struct device *devices,
    struct way **ways) {
    char fresh[4096];
    snprintf(fresh, sizeof fresh, "%s.new", conditions->report);
    FILE *file = fopen(fresh, "w");
    if (file == NULL) {
        perror(fresh);
        exit(1);
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    fprintf(file, "{\"seed\":%lu,\"processor_ms\":%ld,", conditions->seed,
        (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000
            + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000);
    write_way(file, "there", &devices[THERE], ways[THERE]);
    fputc(',', file);
    write_way(file, "back", &devices[BACK], ways[BACK]);
    fputs("}\n", file);
    if (fclose(file) != 0 || rename(fresh, conditions->report) != 0) {
        perror(conditions->report);
        exit(1);
    }
}

static int carry(const struct conditions *conditions, char **names) {
    // What it inherited would stay open for as long as the lab, and somebody may wait for its end.
    close_range(3, ~0u, 0);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1);
    // Before there are threads, so that all of them leave these to this one.
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    struct device devices[WAYS] = {open_device(names[0]), open_device(names[1])};
    struct way *ways[WAYS] = {
        start_way(THERE, conditions, &devices[THERE], &devices[BACK]),
        start_way(BACK, conditions, &devices[BACK], &devices[THERE])};
    for (int received = SIGUSR1; received == SIGUSR1;) {
        write_report(conditions, devices, ways);
        if (sigwait(&signals, &received) != 0) return 1;
    }
    write_report(conditions, devices, ways);
    return 0;
}

// A frame taken from a device whose hardware was to make the checksum would have none.
static int checksum(const char *name) {
    struct ethtool_value value = {.cmd = ETHTOOL_STXCSUM, .data = 0};
    struct ifreq request = {.ifr_data = (char *)&value};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    if (descriptor < 0 || ioctl(descriptor, SIOCETHTOOL, &request) < 0) {
        perror(name);
        return 1;
    }
    return 0;
}

int main(int count, char **arguments) {
    const char *command = count > 1 ? arguments[1] : "";
    int next = 2;
    struct conditions conditions = read_conditions(count, arguments, &next);
    int left = count - next;
    if (strcmp(command, "carry") == 0 && left == 2 && conditions.report != NULL)
        return carry(&conditions, arguments + next);
    if (strcmp(command, "describe") == 0 && left == 0) {
        describe(&conditions);
        putchar('\n');
        return 0;
    }
    if (strcmp(command, "netem") == 0 && left == 0) return write_netem(&conditions) ? 0 : 1;
    if (strcmp(command, "checksum") == 0 && left == 1) return checksum(arguments[next]);
    fputs(usage, stderr);
    return 64;
}
