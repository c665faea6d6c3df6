// Real packets for tests of the firewall model: many probes at once, and a server that says which of
// its ports a packet came to. In C because it is all sockets and no logic.
#pragma once

#include <stdint.h>

#include "tunnel.h"

enum packet_result {
    PACKET_SILENCE = 0,
    PACKET_ANSWER = 1,  // host and port say who answered
    PACKET_RESET = 2,   // ECONNREFUSED without an ICMP error
    PACKET_ICMP = 3,    // icmp_type and icmp_code
    PACKET_HANDSHAKE = 5,  // connected, and then nothing: who answered is not known
    PACKET_FAILED = 4,  // error is the errno of a call on our side
};

struct packet_probe {
    uint8_t is_ipv6;
    uint8_t is_udp;
    uint8_t expects_answer;  // waits for patience_ms; otherwise for as long as the others take
    uint8_t source[16];
    uint8_t destination[16];
    uint16_t port;
    // What came of it.
    uint8_t result;
    uint8_t icmp_type;
    uint8_t icmp_code;
    uint8_t host;
    uint16_t answered_port;
    int error;
};

// Starts threads that answer in the namespace at `path`, on every port of `ports`, TCP and UDP, both
// families, with `host` and the port. Returns a handle for packets_stop, or -1.
int packets_serve(const char *path, uint8_t host, const uint16_t *ports, int count);
void packets_stop(int handle);

// Sends all `probes` from the namespace at `path`, and waits for what comes of them: at least
// `quiet_ms`, and up to `patience_ms` for those that expect an answer. 0, or -1 with errno.
int packets_probe(
    const char *path, struct packet_probe *probes, int count, int quiet_ms, int patience_ms);

// Keeps the calling thread on the processor where it is: packets sent from two may overtake.
void packets_keep_order(void);
