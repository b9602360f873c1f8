// The peer of the bench `unary_echo`: C++ gRPC, callback API, the way its documentation shows it.
//
//   echo --listen HOST:PORT

#include <grpcpp/grpcpp.h>

#include <csignal>
#include <iostream>

#include "cairn/echo/v1/echo.grpc.pb.h"

using cairn::echo::v1::Echo;
using cairn::echo::v1::EchoMessage;

class EchoService final : public Echo::CallbackService {
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const EchoMessage* request,
                                  EchoMessage* response) override {
    response->set_text(request->text());
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int main(int argc, char** argv) {
  if (argc != 3 || std::string(argv[1]) != "--listen") {
    std::cerr << "usage: echo --listen HOST:PORT\n";
    return 64;
  }
  // Before the first thread, so that all inherit it.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);

  EchoService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(argv[2], grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server(builder.BuildAndStart());
  if (!server) return 1;
  std::cout << "cairn: listening on 127.0.0.1:" << port << std::endl;

  int number;
  sigwait(&signals, &number);
  server->Shutdown(std::chrono::system_clock::now());
}
