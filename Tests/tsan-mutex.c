// Shows the thread sanitizer what a contended Mutex of Swift orders.
//
// Synchronization's Mutex takes a free lock in code that becomes part of ours, which the sanitizer sees. A taken one
// it waits for inside the standard library, which is not built for the sanitizer: everything that was handed over
// under such a lock would be a race to it. Preloaded, this stands before these two functions of the library and tells.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Weak: every process of a test run gets this library, and most have no sanitizer.
extern __attribute__((weak)) void __tsan_acquire(void *address);
extern __attribute__((weak)) void __tsan_release(void *address);

// Methods of the lock: its address comes as Swift's `self`.
#define SELF __attribute__((swift_context)) void *
typedef __attribute__((swiftcall)) void (*Lock)(uint32_t thread, SELF lock);
typedef __attribute__((swiftcall)) void (*Unlock)(SELF lock);

static Lock next_lock;
static Unlock next_unlock;

__attribute__((constructor)) static void find(void) {
  next_lock = (Lock)dlsym(RTLD_NEXT, LOCK);
  next_unlock = (Unlock)dlsym(RTLD_NEXT, UNLOCK);
}

#define INSTEAD_OF(symbol) __asm__(symbol) __attribute__((swiftcall))
void lock_slow(uint32_t thread, SELF lock) INSTEAD_OF(LOCK);
void unlock_slow(SELF lock) INSTEAD_OF(UNLOCK);

__attribute__((swiftcall)) void lock_slow(uint32_t thread, SELF lock) {
  next_lock(thread, lock);
  if (__tsan_acquire) __tsan_acquire(lock);
}

__attribute__((swiftcall)) void unlock_slow(SELF lock) {
  if (__tsan_release) __tsan_release(lock);
  next_unlock(lock);
}
