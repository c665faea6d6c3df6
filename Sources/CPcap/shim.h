// libpcap's own header; Swift can call it as it is.
#pragma once
#include <pcap/pcap.h>
