// libpcap's own header; Swift can call it as it is.
#pragma once

// First, and as a module: otherwise the kernel's structures that pcap.h pulls in (timespec, timeval) would
// belong to this module as well, and which of the two a compiler finds first is chance (Swift 6.3).
#include "../CLinux/shim.h"
#include <pcap/pcap.h>
