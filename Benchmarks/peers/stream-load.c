// Sends one message again and again on one bidirectional stream, each in a DATA frame of its own, and checks
// that the same bytes come back as often. Frames by hand, so that it costs far less than the servers measured.
//
//   stream-load PORT PATH FILE COUNT
//
// FILE holds the message with gRPC's prefix. Prints the seconds from the first byte to the end of the answer,
// and its own CPU time in seconds.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };
enum { FRAME = 9, INITIAL_WINDOW_SIZE = 4, STREAM = 1, LARGEST_MESSAGE = 4096 };

static unsigned char out[1 << 18], in[1 << 18], message[LARGEST_MESSAGE];
static size_t out_start, out_end, in_end, message_size;
static long left;                                           // Messages that are not yet queued.
static long connection_window = 65535, stream_window = 65535, initial_window = 65535;
static uint64_t expected, received;                         // Bytes of answers.
static int is_over;

static void fail(const char* what) {
  fprintf(stderr, "stream-load: %s\n", what);
  exit(1);
}

static double seconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static uint32_t number(const unsigned char* bytes) {
  uint32_t value;
  memcpy(&value, bytes, 4);
  return ntohl(value);
}

static void put(const void* bytes, size_t count) {
  if (out_end + count > sizeof out) fail("the buffer is full");
  memcpy(out + out_end, bytes, count);
  out_end += count;
}

static void put_frame(int kind, int flags, uint32_t stream, const void* payload, size_t count) {
  stream = htonl(stream);
  unsigned char head[FRAME] = {count >> 16, count >> 8, count, kind, flags};
  memcpy(head + 5, &stream, 4);
  put(head, FRAME);
  put(payload, count);
}

// A literal that is not indexed (RFC 7541 §6.2.2), with lengths below 127.
static size_t put_field(unsigned char* block, const char* name, const char* value) {
  size_t n = strlen(name), v = strlen(value);
  if (n > 126 || v > 126) fail("a header is too long");
  block[0] = 0;
  block[1] = n;
  memcpy(block + 2, name, n);
  block[2 + n] = v;
  memcpy(block + 3 + n, value, v);
  return 3 + n + v;
}

static void begin(const char* path) {
  // The whole answer fits into these windows, so that none has to be given back.
  unsigned char settings[6] = {0, INITIAL_WINDOW_SIZE, 0x7f, 0xff, 0xff, 0xff};
  uint32_t more = htonl(0x7fffffff - 65535);
  put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  put_frame(SETTINGS, 0, 0, settings, sizeof settings);
  put_frame(WINDOW_UPDATE, 0, 0, &more, 4);
  unsigned char block[1024];
  size_t size = 0;
  size += put_field(block + size, ":method", "POST");
  size += put_field(block + size, ":scheme", "http");
  size += put_field(block + size, ":path", path);
  size += put_field(block + size, ":authority", "127.0.0.1");
  size += put_field(block + size, "content-type", "application/grpc");
  size += put_field(block + size, "te", "trailers");
  put_frame(HEADERS, END_HEADERS, STREAM, block, size);
}

// Queues messages while the windows and the buffer have room; a kilobyte of it is kept for replies.
static void queue_messages(void) {
  if (out_start == out_end) out_start = out_end = 0;
  while (left > 0 && out_end + FRAME + message_size < sizeof out - 1024 && connection_window >= (long)message_size &&
         stream_window >= (long)message_size) {
    left--;
    connection_window -= message_size;
    stream_window -= message_size;
    put_frame(DATA, left == 0 ? END_STREAM : 0, STREAM, message, message_size);
  }
}

static void take_data(const unsigned char* bytes, size_t count) {
  while (count > 0) {
    size_t at = received % message_size, part = message_size - at < count ? message_size - at : count;
    if (memcmp(bytes, message + at, part) != 0) fail("another message came back");
    received += part;
    bytes += part;
    count -= part;
  }
}

static void take_frame(int kind, int flags, uint32_t stream, const unsigned char* payload, size_t count) {
  switch (kind) {
    case DATA:
      take_data(payload, count);
      break;
    case SETTINGS:
      if (flags & ACK) break;
      for (size_t i = 0; i + 6 <= count; i += 6) {
        if ((payload[i] << 8 | payload[i + 1]) != INITIAL_WINDOW_SIZE) continue;
        long window = number(payload + i + 2);
        stream_window += window - initial_window;
        initial_window = window;
      }
      put_frame(SETTINGS, ACK, 0, NULL, 0);
      break;
    case PING:
      if (!(flags & ACK)) put_frame(PING, ACK, 0, payload, count);
      break;
    case WINDOW_UPDATE:
      *(stream == 0 ? &connection_window : &stream_window) += number(payload);
      break;
    case RST_STREAM:
    case GOAWAY:
      fail("the server refused the call");
  }
  if (stream == STREAM && (kind == DATA || kind == HEADERS) && (flags & END_STREAM)) is_over = 1;
}

static void take_frames(void) {
  size_t at = 0;
  while (in_end - at >= FRAME) {
    size_t count = (size_t)in[at] << 16 | in[at + 1] << 8 | in[at + 2];
    if (count > 16384) fail("a frame is too long");
    if (in_end - at < FRAME + count) break;
    take_frame(in[at + 3], in[at + 4], number(in + at + 5) & 0x7fffffff, in + at + FRAME, count);
    at += FRAME + count;
  }
  memmove(in, in + at, in_end - at);
  in_end -= at;
}

static int connected(int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int yes = 1, descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(descriptor, (struct sockaddr*)&address, sizeof address) != 0) fail("cannot connect");
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return descriptor;
}

int main(int argc, char** argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: stream-load PORT PATH FILE COUNT\n");
    return 64;
  }
  FILE* file = fopen(argv[3], "r");
  if (!file) fail("cannot read the message");
  message_size = fread(message, 1, sizeof message, file);
  if (message_size == 0 || message_size == sizeof message) fail("the message is empty or too large");
  left = atol(argv[4]);
  expected = (uint64_t)left * message_size;
  if (left < 1 || expected > 0x7fffffff) fail("COUNT is out of range");

  struct pollfd socket = {.fd = connected(atoi(argv[1]))};
  double start = seconds(CLOCK_MONOTONIC);
  begin(argv[2]);
  while (!is_over) {
    queue_messages();
    socket.events = POLLIN | (out_start < out_end ? POLLOUT : 0);
    if (poll(&socket, 1, 30000) <= 0) fail("the server is silent");
    if (socket.revents & POLLOUT) {
      ssize_t count = write(socket.fd, out + out_start, out_end - out_start);
      if (count < 0 && errno != EAGAIN) fail("cannot write");
      if (count > 0) out_start += count;
      // Part of a frame may be left: it moves to the front, so that there is always room for replies.
      memmove(out, out + out_start, out_end - out_start);
      out_end -= out_start;
      out_start = 0;
    }
    if (socket.revents & (POLLIN | POLLHUP)) {
      ssize_t count = read(socket.fd, in + in_end, sizeof in - in_end);
      if (count == 0 || (count < 0 && errno != EAGAIN)) fail("the server has closed");
      if (count > 0) in_end += count;
      take_frames();
    }
  }
  if (received != expected) fail("messages are missing");
  printf("%.6f %.6f\n", seconds(CLOCK_MONOTONIC) - start, seconds(CLOCK_PROCESS_CPUTIME_ID));
}
