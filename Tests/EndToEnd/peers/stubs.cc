// What a C++ program writes to relate two contexts, with stubs from stock generators: stubs ADDRESS PROJECT

#include <grpcpp/grpcpp.h>

#include <iostream>

#include "cairn/v1/context.grpc.pb.h"
#include "cairn/v1/operations.grpc.pb.h"
#include "cairn/v1/project.grpc.pb.h"
#include "cairn/v1/relationship.grpc.pb.h"
#include "cairn/v1/template.grpc.pb.h"

using namespace cairn::v1;

// Makes one call; ends the program when it fails.
template <class Stub, class Request, class Response>
static Response call(
    Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    const Request& request, const std::string& project) {
  grpc::ClientContext context;
  context.AddMetadata("cairn-project", project);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(120));
  Response response;
  grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) {
    std::cerr << status.error_code() << ": " << status.error_message() << "\n";
    std::exit(1);
  }
  return response;
}

int main(int count, char** arguments) {
  if (count != 3) return 64;
  const auto channel = grpc::CreateChannel(arguments[1], grpc::InsecureChannelCredentials());
  ContextService::Stub contexts(channel);
  RelationshipService::Stub relationships(channel);
  TemplateService::Stub templates(channel);
  const std::string project = arguments[2];

  for (const char* id : {"a", "b"}) {
    CreateContextRequest request;
    request.mutable_context()->set_id(id);
    request.mutable_context()->set_title(id);
    call(contexts, &ContextService::Stub::CreateContext, request, project);
  }

  RelateContextsRequest relate;
  relate.set_atomic(true);
  Relationship* relationship = relate.add_relationships();
  relationship->set_source("a");
  relationship->set_target("b");
  relationship->set_kind(RELATIONSHIP_KIND_FOLLOWS);
  call(relationships, &RelationshipService::Stub::RelateContexts, relate, project);

  CreateTemplateRequest create;
  create.mutable_definition()->set_id("letter");
  create.mutable_definition()->set_title("Letter");
  create.mutable_definition()->set_context_title("To you");
  call(templates, &TemplateService::Stub::CreateTemplate, create, project);

  const ListRelationshipsResponse list =
      call(relationships, &RelationshipService::Stub::ListRelationships, ListRelationshipsRequest(), project);
  for (const auto& found : list.relationships()) {
    std::cout << found.source() << " " << RelationshipKind_Name(found.kind()) << " " << found.target() << "\n";
  }
}
