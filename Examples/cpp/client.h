// What every example begins with: a channel, and calls with the project's metadata and a deadline.

#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

inline std::string setting(const char* name, const char* standard) {
  const char* value = std::getenv(name);
  return value ? value : standard;
}

inline std::string project() { return setting("CAIRN_PROJECT", "default"); }

inline std::shared_ptr<grpc::Channel> connect() {
  return grpc::CreateChannel(setting("CAIRN_ADDRESS", "127.0.0.1:7433"), grpc::InsecureChannelCredentials());
}

// The context of one call: in which project it works, and how long it may take.
struct Call : grpc::ClientContext {
  explicit Call(const std::string& in = project()) {
    AddMetadata("cairn-project", in);
    set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  }
};

// Ends the program when a call failed.
inline void check(const grpc::Status& status) {
  if (status.ok()) return;
  std::cerr << status.error_code() << ": " << status.error_message() << "\n";
  std::exit(1);
}

// A name that nothing else has: of a request, so that its repetition is safe, or of an import.
inline std::string unique() {
  static std::random_device device;
  return std::to_string(device()) + "-" + std::to_string(device()) + "-" + std::to_string(device());
}
