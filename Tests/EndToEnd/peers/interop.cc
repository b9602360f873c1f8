// gRPC's interoperability tests on the C++ library: a server and a client, for our client and our server.
//
//   interop serve          listens on a free port of loopback and says which; ends with its standard input
//   interop call ADDRESS CASE
//
// `call` exits with 0 when the case passed.

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <thread>

#include "grpc/testing/test.grpc.pb.h"

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;

// How the message read last had come is known to gRPC's own tests only, by these names.
uint32_t grpc_call_test_only_get_message_flags(grpc_call* call);
static const uint32_t was_compressed = 0x40000000u;

namespace grpc::testing {
class InteropClientContextInspector {
 public:
  static bool compressed(const ClientContext& context) {
    return grpc_call_test_only_get_message_flags(context.call_) & was_compressed;
  }
};
class InteropServerContextInspector {
 public:
  static bool compressed(const ServerContext& context) {
    return grpc_call_test_only_get_message_flags(context.call_.call) & was_compressed;
  }
};
}  // namespace grpc::testing

static const char initial_key[] = "x-grpc-test-echo-initial";
static const char trailing_key[] = "x-grpc-test-echo-trailing-bin";
static const int request_sizes[] = {27182, 8, 1828, 45904};
static const int response_sizes[] = {31415, 9, 2653, 58979};

class Service final : public TestService::Service {
  static void echo(ServerContext* context) {
    for (const auto& field : context->client_metadata()) {
      std::string key(field.first.data(), field.first.size()), value(field.second.data(), field.second.size());
      if (key == initial_key) context->AddInitialMetadata(key, value);
      if (key == trailing_key) context->AddTrailingMetadata(key, value);
    }
  }

  template <class Request>
  static Status status(const Request& request) {
    return Status(StatusCode(request.response_status().code()), request.response_status().message());
  }

  template <class Request>
  static bool unexpected(const Request& request, const ServerContext& context) {
    return request.has_expect_compressed() &&
           request.expect_compressed().value() != InteropServerContextInspector::compressed(context);
  }

  template <class Stream>
  static Status answer(const StreamingOutputCallRequest& request, ServerContext* context, Stream* stream) {
    if (request.response_status().code() != 0) return status(request);
    for (const auto& parameters : request.response_parameters())
      if (parameters.compressed().value()) context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    for (const auto& parameters : request.response_parameters()) {
      std::this_thread::sleep_for(std::chrono::microseconds(parameters.interval_us()));
      StreamingOutputCallResponse response;
      response.mutable_payload()->set_body(std::string(parameters.size(), '\0'));
      grpc::WriteOptions options;
      if (!parameters.compressed().value()) options.set_no_compression();
      stream->Write(response, options);
    }
    return Status::OK;
  }

  Status EmptyCall(ServerContext*, const Empty*, Empty*) override { return Status::OK; }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request, SimpleResponse* response) override {
    echo(context);
    if (unexpected(*request, *context)) return Status(StatusCode::INVALID_ARGUMENT, "compressed or not");
    if (request->response_compressed().value()) context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    if (request->response_status().code() != 0) return status(*request);
    response->mutable_payload()->set_body(std::string(request->response_size(), '\0'));
    return Status::OK;
  }

  Status StreamingOutputCall(
      ServerContext* context, const StreamingOutputCallRequest* request,
      grpc::ServerWriter<StreamingOutputCallResponse>* writer) override {
    return answer(*request, context, writer);
  }

  Status StreamingInputCall(
      ServerContext* context, grpc::ServerReader<StreamingInputCallRequest>* reader,
      StreamingInputCallResponse* response) override {
    StreamingInputCallRequest request;
    size_t size = 0;
    while (reader->Read(&request)) {
      if (unexpected(request, *context)) return Status(StatusCode::INVALID_ARGUMENT, "compressed or not");
      size += request.payload().body().size();
    }
    response->set_aggregated_payload_size(size);
    return Status::OK;
  }

  Status FullDuplexCall(
      ServerContext* context,
      grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream) override {
    echo(context);
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      Status result = answer(request, context, stream);
      if (!result.ok()) return result;
    }
    return Status::OK;
  }
};

static void check(bool condition, const std::string& what) {
  if (condition) return;
  std::cerr << what << std::endl;
  exit(1);
}

static void check(const Status& status, StatusCode code, const char* message = nullptr) {
  check(status.error_code() == code, std::to_string(status.error_code()) + ": " + status.error_message());
  if (message) check(status.error_message() == message, "another message: " + status.error_message());
}

static StreamingOutputCallRequest output(std::initializer_list<int> sizes, int size) {
  StreamingOutputCallRequest request;
  for (int size : sizes) request.add_response_parameters()->set_size(size);
  request.mutable_payload()->set_body(std::string(size, '\0'));
  return request;
}

using Stub = TestService::Stub;

static Status compressed_unary(Stub& stub, bool says, bool is) {
  ClientContext context;
  if (is) context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  SimpleRequest request;
  SimpleResponse response;
  request.mutable_expect_compressed()->set_value(says);
  request.set_response_size(314159);
  request.mutable_payload()->set_body(std::string(271828, '\0'));
  Status status = stub.UnaryCall(&context, request, &response);
  if (status.ok()) check(response.payload().body() == std::string(314159, '\0'), "not 314,159 zeros");
  return status;
}

static StreamingInputCallRequest input(int size, bool says_compressed) {
  StreamingInputCallRequest request;
  request.mutable_expect_compressed()->set_value(says_compressed);
  request.mutable_payload()->set_body(std::string(size, '\0'));
  return request;
}

static void status_cases(Stub& stub, const char* message) {
  SimpleRequest request;
  SimpleResponse response;
  request.mutable_response_status()->set_code(2);
  request.mutable_response_status()->set_message(message);
  ClientContext unary, duplex;
  check(stub.UnaryCall(&unary, request, &response), StatusCode::UNKNOWN, message);
  StreamingOutputCallRequest streaming;
  *streaming.mutable_response_status() = request.response_status();
  auto call = stub.FullDuplexCall(&duplex);
  call->Write(streaming);
  call->WritesDone();
  check(call->Finish(), StatusCode::UNKNOWN, message);
}

static const std::map<std::string, std::function<void(Stub&, ClientContext&)>> cases = {
  {"empty_unary", [](Stub& stub, ClientContext& context) {
     Empty answer;
     check(stub.EmptyCall(&context, Empty(), &answer), StatusCode::OK);
   }},
  {"large_unary", [](Stub& stub, ClientContext& context) {
     SimpleRequest request;
     SimpleResponse response;
     request.set_response_size(314159);
     request.mutable_payload()->set_body(std::string(271828, '\0'));
     check(stub.UnaryCall(&context, request, &response), StatusCode::OK);
     check(response.payload().body() == std::string(314159, '\0'), "not 314,159 zeros");
   }},
  {"client_streaming", [](Stub& stub, ClientContext& context) {
     StreamingInputCallResponse response;
     auto call = stub.StreamingInputCall(&context, &response);
     for (int size : request_sizes) {
       StreamingInputCallRequest request;
       request.mutable_payload()->set_body(std::string(size, '\0'));
       check(call->Write(request), "not written");
     }
     call->WritesDone();
     check(call->Finish(), StatusCode::OK);
     check(response.aggregated_payload_size() == 74922, "not 74,922 bytes");
   }},
  {"server_streaming", [](Stub& stub, ClientContext& context) {
     auto call = stub.StreamingOutputCall(&context, output({31415, 9, 2653, 58979}, 0));
     StreamingOutputCallResponse response;
     for (int size : response_sizes)
       check(call->Read(&response) && response.payload().body().size() == size_t(size), "another size");
     check(!call->Read(&response), "more answers than asked for");
     check(call->Finish(), StatusCode::OK);
   }},
  {"ping_pong", [](Stub& stub, ClientContext& context) {
     auto call = stub.FullDuplexCall(&context);
     StreamingOutputCallResponse response;
     for (int index = 0; index < 4; index++) {
       check(call->Write(output({response_sizes[index]}, request_sizes[index])), "not written");
       check(call->Read(&response) && response.payload().body().size() == size_t(response_sizes[index]), "no pong");
     }
     call->WritesDone();
     check(!call->Read(&response), "more answers than asked for");
     check(call->Finish(), StatusCode::OK);
   }},
  {"empty_stream", [](Stub& stub, ClientContext& context) {
     auto call = stub.FullDuplexCall(&context);
     StreamingOutputCallResponse response;
     call->WritesDone();
     check(!call->Read(&response), "an answer to nothing");
     check(call->Finish(), StatusCode::OK);
   }},
  {"client_compressed_unary", [](Stub& stub, ClientContext&) {
     check(compressed_unary(stub, true, false), StatusCode::INVALID_ARGUMENT);
     check(compressed_unary(stub, true, true), StatusCode::OK);
     check(compressed_unary(stub, false, false), StatusCode::OK);
   }},
  {"client_compressed_streaming", [](Stub& stub, ClientContext& context) {
     ClientContext probing;
     StreamingInputCallResponse response;
     grpc::WriteOptions as_it_is;
     as_it_is.set_no_compression();
     probing.set_compression_algorithm(GRPC_COMPRESS_GZIP);
     auto probe = stub.StreamingInputCall(&probing, &response);
     probe->Write(input(27182, true), as_it_is);
     probe->WritesDone();
     check(probe->Finish(), StatusCode::INVALID_ARGUMENT);
     context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
     auto call = stub.StreamingInputCall(&context, &response);
     check(call->Write(input(27182, true)), "not written");
     check(call->Write(input(45904, false), as_it_is), "not written");
     call->WritesDone();
     check(call->Finish(), StatusCode::OK);
     check(response.aggregated_payload_size() == 73086, "not 73,086 bytes");
   }},
  {"server_compressed_unary", [](Stub& stub, ClientContext&) {
     for (bool compressed : {true, false}) {
       ClientContext context;
       SimpleRequest request;
       SimpleResponse response;
       request.mutable_response_compressed()->set_value(compressed);
       request.set_response_size(314159);
       request.mutable_payload()->set_body(std::string(271828, '\0'));
       check(stub.UnaryCall(&context, request, &response), StatusCode::OK);
       check(InteropClientContextInspector::compressed(context) == compressed, "compressed or not");
       check(response.payload().body() == std::string(314159, '\0'), "not 314,159 zeros");
     }
   }},
  {"server_compressed_streaming", [](Stub& stub, ClientContext& context) {
     auto request = output({31415, 92653}, 0);
     request.mutable_response_parameters(0)->mutable_compressed()->set_value(true);
     request.mutable_response_parameters(1)->mutable_compressed()->set_value(false);
     auto call = stub.StreamingOutputCall(&context, request);
     StreamingOutputCallResponse response;
     for (bool compressed : {true, false}) {
       check(call->Read(&response), "no answer");
       check(response.payload().body().size() == (compressed ? 31415 : 92653), "another size");
       check(InteropClientContextInspector::compressed(context) == compressed, "compressed or not");
     }
     check(!call->Read(&response), "more answers than asked for");
     check(call->Finish(), StatusCode::OK);
   }},
  {"cancel_after_begin", [](Stub& stub, ClientContext& context) {
     StreamingInputCallResponse response;
     auto call = stub.StreamingInputCall(&context, &response);
     context.TryCancel();
     check(call->Finish(), StatusCode::CANCELLED);
   }},
  {"cancel_after_first_response", [](Stub& stub, ClientContext& context) {
     auto call = stub.FullDuplexCall(&context);
     StreamingOutputCallResponse response;
     check(call->Write(output({31415}, 27182)), "not written");
     check(call->Read(&response) && response.payload().body().size() == 31415, "no answer");
     context.TryCancel();
     check(call->Finish(), StatusCode::CANCELLED);
   }},
  {"timeout_on_sleeping_server", [](Stub& stub, ClientContext& context) {
     context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1));
     auto call = stub.FullDuplexCall(&context);
     call->Write(output({}, 27182));
     check(call->Finish(), StatusCode::DEADLINE_EXCEEDED);
   }},
  {"custom_metadata", [](Stub& stub, ClientContext& context) {
     context.AddMetadata(initial_key, "test_initial_metadata_value");
     context.AddMetadata(trailing_key, "\xab\xab\xab");
     auto call = stub.FullDuplexCall(&context);
     StreamingOutputCallResponse response;
     check(call->Write(output({314159}, 271828)), "not written");
     call->WritesDone();
     check(call->Read(&response) && response.payload().body().size() == 314159, "no answer");
     check(!call->Read(&response), "more answers than asked for");
     check(call->Finish(), StatusCode::OK);
     auto initial = context.GetServerInitialMetadata().find(initial_key);
     check(initial != context.GetServerInitialMetadata().end() && initial->second == "test_initial_metadata_value",
           "the headers do not have what was sent");
     auto trailing = context.GetServerTrailingMetadata().find(trailing_key);
     check(trailing != context.GetServerTrailingMetadata().end() && trailing->second == "\xab\xab\xab",
           "the trailers do not have what was sent");
   }},
  {"status_code_and_message", [](Stub& stub, ClientContext&) { status_cases(stub, "test status message"); }},
  {"special_status_message", [](Stub& stub, ClientContext&) {
     status_cases(stub, "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n");
   }},
  {"unimplemented_method", [](Stub& stub, ClientContext& context) {
     Empty answer;
     check(stub.UnimplementedCall(&context, Empty(), &answer), StatusCode::UNIMPLEMENTED);
   }},
};

// Until standard input ends; calls that are under way then end well.
static void serve(const std::string& wanted) {
  Service service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:" + wanted, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  std::cout << "127.0.0.1:" << port << std::endl;
  std::cin.get();
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(10));
}

static void call(const std::string& address, const std::string& name) {
  auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  ClientContext context;
  if (name == "unimplemented_service") {
    Empty answer;
    UnimplementedService::Stub stub(channel);
    check(stub.UnimplementedCall(&context, Empty(), &answer), StatusCode::UNIMPLEMENTED);
    return;
  }
  check(cases.count(name) == 1, "no case " + name);
  Stub stub(channel);
  cases.at(name)(stub, context);
}

int main(int count, char** arguments) {
  if ((count == 2 || count == 3) && std::string(arguments[1]) == "serve") {
    serve(count == 3 ? arguments[2] : "0");
  } else if (count == 4 && std::string(arguments[1]) == "call") {
    call(arguments[2], arguments[3]);
  } else {
    std::cerr << "usage: interop serve [PORT] | call ADDRESS CASE" << std::endl;
    return 64;
  }
}
