#pragma once
#include <stdint.h>

// How often the calling thread has called malloc since it began.
uint64_t allocations_of_this_thread(void);
