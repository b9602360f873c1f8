// Linux interfaces that Swift's Glibc module map leaves out.
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// accept4 hides behind _GNU_SOURCE, which the importer does not define.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
