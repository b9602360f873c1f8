// Linux interfaces that Swift's Glibc module leaves out. The importer does not define _GNU_SOURCE
// (defining it here would change types that Glibc has imported already), so what hides behind it
// is declared by hand.
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

extern long syscall(long number, ...);
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
// How many processors this thread may run on.
static inline int cairn_usable_processors(void) {
  unsigned long set[128] = {0};  // 8192 processors
  long size = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
  int count = 0;
  for (unsigned i = 0; size > 0 && i < sizeof set / sizeof *set; i++) count += __builtin_popcountl(set[i]);
  return count;
}
extern int pthread_setname_np(pthread_t thread, const char *name);

// The same for what a child needs before it starts: a working directory and closed descriptors.
#include <spawn.h>
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
