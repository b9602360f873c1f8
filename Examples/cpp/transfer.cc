// Carries the contexts of a project into another one, record by record, without a file between them.

#include <thread>

#include "cairn/v1/context.grpc.pb.h"
#include "cairn/v1/project.grpc.pb.h"
#include "cairn/v1/transfer.grpc.pb.h"
#include "client.h"

using namespace cairn::v1;

int main() {
  auto channel = connect();
  ContextService::Stub contexts(channel);
  TransferService::Stub transfer(channel);
  const std::string target = "copy-" + unique();

  for (const char* title : {"A map", "A compass"}) {
    CreateContextRequest request;
    request.mutable_context()->set_title(title);
    Call call;
    Context stored;
    check(contexts.CreateContext(&call, request, &stored));
  }
  CreateProjectRequest create;
  create.mutable_project()->set_id(target);
  Call creating;
  Project created;
  check(ProjectService::Stub(channel).CreateProject(&creating, create, &created));

  // What is exported was so at one position, however long it takes.
  ExportContextsRequest everything;
  everything.set_include_versions(true);
  everything.set_include_relationships(true);
  Call exporting, importing(target);
  auto source = transfer.ExportContexts(&exporting, everything);
  auto sink = transfer.ImportContexts(&importing);
  // Answers are read while records are written: a server that cannot answer reads no more.
  ImportContextsResponse answer;
  std::thread answers([&] { while (sink->Read(&answer)) {} });

  ExportContextsResponse part;
  ImportContextsRequest message;
  // After a cut the same import id goes on behind what is acknowledged.
  message.mutable_options()->set_import_id(unique());
  int64_t exported = 0;
  while (source->Read(&part)) {
    exported = part.records_sent();
    message.mutable_records()->Swap(part.mutable_records());
    sink->Write(message);
    message.Clear();
  }
  check(source->Finish());
  sink->WritesDone();
  answers.join();
  check(sink->Finish());
  std::cout << "exported " << exported << " records\n";
  std::cout << "imported " << answer.stored() << ", wrong " << answer.failed() << "\n";

  ListContextsRequest list;
  list.set_order_by("create_time");
  Call listing(target);
  ListContextsResponse found;
  check(contexts.ListContexts(&listing, list, &found));
  for (const Context& context : found.contexts()) std::cout << context.title() << "\n";
}
