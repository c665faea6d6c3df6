// A TUN device whose far end resets every connection: raw IP, without a link layer. In C because ioctl
// is variadic, which Swift cannot call.
#pragma once

#include <stdint.h>

// Moves the calling thread into the namespace at a path, and makes a TUN device called `name` there,
// which lives as long as the descriptor that is returned; -1 with errno.
int tunnel_open(const char *name_space, const char *name);

// Takes a packet that leaves through the device, and resets it when it is an IPv4 SYN: 1, or 0 for any
// other packet; -1 with errno when the device is gone.
int tunnel_reset(int device, uint8_t hop_limit);
