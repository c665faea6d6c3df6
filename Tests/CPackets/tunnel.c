#define _GNU_SOURCE
#include "tunnel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

int tunnel_open(const char *name_space, const char *name) {
    int where = open(name_space, O_RDONLY | O_CLOEXEC);
    if (where < 0) return -1;
    int moved = setns(where, CLONE_NEWNET);
    close(where);
    if (moved < 0) return -1;
    int device = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (device < 0) return -1;
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(device, TUNSETIFF, &request) < 0) {
        close(device);
        return -1;
    }
    return device;
}

static uint32_t add(const uint8_t *bytes, int count, uint32_t sum) {
    for (int i = 0; i + 1 < count; i += 2) sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    return sum;
}

static void write_sum(uint8_t *place, uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    place[0] = (uint8_t)(~sum >> 8);
    place[1] = (uint8_t)~sum;
}

int tunnel_reset(int device, uint8_t hop_limit) {
    uint8_t in[2048], out[40] = {0};
    ssize_t length = read(device, in, sizeof in);
    if (length < 0) return -1;
    if (length < 40 || in[0] != 0x45 || in[9] != 6 || in[33] != 2) return 0;
    out[0] = 0x45;
    out[3] = 40;
    out[8] = hop_limit;
    out[9] = 6;
    memcpy(out + 12, in + 16, 4);
    memcpy(out + 16, in + 12, 4);
    write_sum(out + 10, add(out, 20, 0));
    memcpy(out + 20, in + 22, 2);
    memcpy(out + 22, in + 20, 2);
    uint32_t next = ((uint32_t)in[24] << 24 | in[25] << 16 | in[26] << 8 | in[27]) + 1;
    for (int i = 0; i < 4; i++) out[28 + i] = (uint8_t)(next >> (24 - 8 * i));
    out[32] = 0x50;
    out[33] = 0x14;
    write_sum(out + 36, add(out + 12, 28, 6 + 20));
    return write(device, out, sizeof out) == sizeof out ? 1 : -1;
}
