// What the load knows of protobuf: gRPC's prefix, and how to find a number in a message.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

constexpr size_t prefixSize = 5;

// The size of the message behind a gRPC prefix.
inline size_t messageSize(const char* prefix) {
  size_t size = 0;
  for (int i = 1; i < 5; i++) size = size << 8 | static_cast<unsigned char>(prefix[i]);
  return size;
}

// The framed messages of a file, one after the other.
inline std::vector<std::string> framedMessages(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  std::string all = text.str();
  std::vector<std::string> messages;
  for (size_t at = 0; at + prefixSize <= all.size();) {
    size_t size = prefixSize + messageSize(all.data() + at);
    messages.push_back(all.substr(at, size));
    at += size;
  }
  if (messages.empty()) throw std::runtime_error(path + " holds no message");
  return messages;
}

// Reads the fields of a message that is known to be well formed.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : bytes_(bytes) {}

  // The number in the field that `path` names, or in the message within a message; none where it is absent.
  static std::optional<uint64_t> find(std::string_view message, const std::vector<uint32_t>& path, size_t depth = 0) {
    FieldReader reader(message);
    while (!reader.bytes_.empty()) {
      uint64_t tag = reader.varint();
      bool isWanted = tag >> 3 == path[depth];
      bool isLast = depth + 1 == path.size();
      switch (tag & 7) {
        case 0: {
          uint64_t value = reader.varint();
          if (isWanted && isLast) return value;
          break;
        }
        case 1: reader.skip(8); break;
        case 2: {
          uint64_t size = reader.varint();
          std::string_view inner = reader.bytes_.substr(0, size);
          reader.skip(size);
          if (isWanted && !isLast) return find(inner, path, depth + 1);
          break;
        }
        case 5: reader.skip(4); break;
        default: throw std::runtime_error("an answer is no message");
      }
    }
    return std::nullopt;
  }

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      unsigned char byte = skip(1)[0];
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw std::runtime_error("an answer is no message");
  }

  const char* skip(size_t count) {
    if (count > bytes_.size()) throw std::runtime_error("an answer is no message");
    const char* start = bytes_.data();
    bytes_.remove_prefix(count);
    return start;
  }

  std::string_view bytes_;
};
