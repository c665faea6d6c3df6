// Counts the calls of malloc on each thread, by standing in front of glibc's own. In release builds
// only: the address sanitizer wants to stand there too.
#include "allocations.h"
#include <stddef.h>

void *__libc_malloc(size_t size);
static __thread uint64_t count;

#ifdef COUNT_ALLOCATIONS
void *malloc(size_t size) {
    count++;
    return __libc_malloc(size);
}
#endif

uint64_t allocations_of_this_thread(void) { return count; }
