// libpcap's own header; Swift can call it as it is.
//
// What it includes of the system comes from CLinux, so that Swift does not take CPcap for the place
// where `timespec` is defined: a release build would then miss an import in files without capture.
#pragma once
#include "../CLinux/shim.h"
#include <pcap/pcap.h>
