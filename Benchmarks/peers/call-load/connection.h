// One HTTP/2 connection and the calls on it.
#pragma once

#include <nghttp2/nghttp2.h>

#include <string>
#include <string_view>
#include <vector>

class Connection;

// A call under way. Its place is used again when it has ended.
struct Call {
  Connection* connection = nullptr;
  size_t kind = 0;
  // Nanoseconds of the monotonic clock: when the call was due.
  int64_t start = 0;
  // What is left to be sent.
  std::string_view request;
  std::string storage;
  // What came of messages and is not looked at yet.
  std::string answer;
  size_t messages = 0;
  // The number of `grpc-status`, -1 while none has come.
  int status = -1;
  // What the answer says.
  int64_t position = 0;
};

// Hears what becomes of calls.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void message(Call& call, std::string_view message) = 0;
  virtual void ended(Call& call) = 0;
};

class Connection {
 public:
  Connection(const std::string& host, const std::string& port, Listener& listener);
  ~Connection();
  Connection(const Connection&) = delete;

  int descriptor() const { return descriptor_; }
  bool wantsToWrite() const { return written_ < out_.size(); }

  // Begins a call; it is sent with the next `flush`. Feeds have no deadline.
  void begin(Call& call, const std::string& path, bool hasDeadline);
  void receive();
  void flush();

 private:
  void take(Call& call, const uint8_t* bytes, size_t count);

  std::string authority_;
  Listener& listener_;
  int descriptor_;
  nghttp2_session* session_ = nullptr;
  std::string out_;
  size_t written_ = 0;
  std::vector<uint8_t> in_;
};
