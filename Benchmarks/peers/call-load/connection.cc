#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "message.h"

namespace {

constexpr size_t readSize = 1 << 18;
// No window is ever given back late: what is measured is the server.
constexpr int32_t window = (1 << 30) - 1;

int connected(const std::string& host, const std::string& port) {
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) throw std::runtime_error("no such address");
  int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int result = connect(descriptor, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (result != 0) throw std::runtime_error("cannot connect");
  int yes = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return descriptor;
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  return {
      (uint8_t*)name.data(), (uint8_t*)value.data(), name.size(), value.size(),
      NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

ssize_t readRequest(
    nghttp2_session*, int32_t, uint8_t* buffer, size_t length, uint32_t* flags, nghttp2_data_source* source, void*) {
  auto& call = *static_cast<Call*>(source->ptr);
  size_t count = std::min(length, call.request.size());
  memcpy(buffer, call.request.data(), count);
  call.request.remove_prefix(count);
  if (call.request.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(count);
}

Call* callOf(nghttp2_session* session, int32_t stream) {
  return static_cast<Call*>(nghttp2_session_get_stream_user_data(session, stream));
}

int onHeader(
    nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name, size_t nameSize, const uint8_t* value,
    size_t valueSize, uint8_t, void*) {
  constexpr std::string_view wanted = "grpc-status";
  if (std::string_view((const char*)name, nameSize) != wanted) return 0;
  std::string number((const char*)value, valueSize);
  if (Call* call = callOf(session, frame->hd.stream_id)) call->status = atoi(number.c_str());
  return 0;
}

}  // namespace

Connection::Connection(const std::string& host, const std::string& port, Listener& listener)
    : authority_(host + ":" + port), listener_(listener), descriptor_(connected(host, port)), in_(readSize) {
  nghttp2_session_callbacks* callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks, [](nghttp2_session* session, uint8_t, int32_t stream, const uint8_t* bytes, size_t count, void* self) {
        if (Call* call = callOf(session, stream)) static_cast<Connection*>(self)->take(*call, bytes, count);
        return 0;
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session* session, int32_t stream, uint32_t, void* self) {
        if (Call* call = callOf(session, stream)) static_cast<Connection*>(self)->listener_.ended(*call);
        return 0;
      });
  nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<uint32_t>(window)}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, 2);
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, window);
}

Connection::~Connection() {
  nghttp2_session_del(session_);
  close(descriptor_);
}

void Connection::begin(Call& call, const std::string& path, bool hasDeadline) {
  call.connection = this;
  call.answer.clear();
  call.messages = 0;
  call.status = -1;
  call.position = 0;
  nghttp2_nv fields[] = {
      field(":method", "POST"), field(":scheme", "http"), field(":path", path), field(":authority", authority_),
      field("content-type", "application/grpc"), field("te", "trailers"), field("grpc-timeout", "30S")};
  size_t count = sizeof fields / sizeof fields[0] - (hasDeadline ? 0 : 1);
  nghttp2_data_provider provider = {{.ptr = &call}, readRequest};
  if (nghttp2_submit_request(session_, nullptr, fields, count, &provider, &call) < 0)
    throw std::runtime_error("the connection takes no more calls");
}

void Connection::take(Call& call, const uint8_t* bytes, size_t count) {
  // Mostly whole messages come, and nothing has to be kept.
  std::string_view all((const char*)bytes, count);
  if (!call.answer.empty()) {
    call.answer.append(all);
    all = call.answer;
  }
  size_t at = 0;
  while (all.size() - at >= prefixSize) {
    size_t size = messageSize(all.data() + at);
    if (all.size() - at - prefixSize < size) break;
    call.messages++;
    listener_.message(call, all.substr(at + prefixSize, size));
    at += prefixSize + size;
  }
  std::string rest(all.substr(at));
  call.answer = std::move(rest);
}

void Connection::receive() {
  ssize_t count = read(descriptor_, in_.data(), in_.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) throw std::runtime_error("the server has closed a connection");
  ssize_t taken = nghttp2_session_mem_recv(session_, in_.data(), static_cast<size_t>(count));
  if (taken < 0) throw std::runtime_error(nghttp2_strerror(static_cast<int>(taken)));
}

void Connection::flush() {
  const uint8_t* bytes;
  ssize_t count;
  while ((count = nghttp2_session_mem_send(session_, &bytes)) > 0)
    out_.append((const char*)bytes, static_cast<size_t>(count));
  if (count < 0) throw std::runtime_error(nghttp2_strerror(static_cast<int>(count)));
  while (written_ < out_.size()) {
    ssize_t sent = write(descriptor_, out_.data() + written_, out_.size() - written_);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) throw std::runtime_error("cannot write");
    written_ += static_cast<size_t>(sent);
  }
  out_.clear();
  written_ = 0;
}
