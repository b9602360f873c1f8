// The peer of the transport's benches: C++ gRPC, callback API, the way its documentation shows it.
//
//   echo --listen HOST:PORT [--tls-cert FILE --tls-key FILE]

#include <grpcpp/grpcpp.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "cairn/echo/v1/echo.grpc.pb.h"

using cairn::echo::v1::Echo;
using cairn::echo::v1::EchoMessage;

// Sends each message back as it comes.
class Conversation final : public grpc::ServerBidiReactor<EchoMessage, EchoMessage> {
 public:
  Conversation() { StartRead(&message_); }

  void OnReadDone(bool ok) override {
    if (ok) {
      StartWrite(&message_);
    } else {
      Finish(grpc::Status::OK);
    }
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      StartRead(&message_);
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  EchoMessage message_;
};

class EchoService final : public Echo::CallbackService {
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const EchoMessage* request,
                                  EchoMessage* response) override {
    response->set_text(request->text());
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<EchoMessage, EchoMessage>* Bidirectional(grpc::CallbackServerContext*) override {
    return new Conversation();
  }
};

static std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  if (argc % 2 == 0 || !options.count("--listen")) {
    std::cerr << "usage: echo --listen HOST:PORT [--tls-cert FILE --tls-key FILE]\n";
    return 64;
  }
  // Before the first thread, so that all inherit it.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);

  auto credentials = grpc::InsecureServerCredentials();
  if (options.count("--tls-cert")) {
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({contents(options["--tls-key"]), contents(options["--tls-cert"])});
    credentials = grpc::SslServerCredentials(tls);
  }
  EchoService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options["--listen"], credentials, &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server(builder.BuildAndStart());
  if (!server) return 1;
  std::cout << "cairn: listening on 127.0.0.1:" << port << std::endl;

  int number;
  sigwait(&signals, &number);
  server->Shutdown(std::chrono::system_clock::now());
}
