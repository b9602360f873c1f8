// Four writers add lines to one context. Each reads, changes, and writes only if nobody else wrote meanwhile.

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "cairn/v1/context.grpc.pb.h"
#include "client.h"

using namespace cairn::v1;

static std::atomic<int> retries = 0;

static Context get(ContextService::Stub& contexts, const std::string& id) {
  GetContextRequest request;
  request.set_id(id);
  Call call;
  Context found;
  check(contexts.GetContext(&call, request, &found));
  return found;
}

// Adds a line to a context, whoever else does so.
static void append(ContextService::Stub& contexts, const std::string& id, const std::string& line) {
  for (;; retries++) {
    const Context found = get(contexts, id);
    // The etag names the state that was read. Absent fields stay as they are.
    UpdateContextRequest request;
    request.mutable_context()->set_id(id);
    request.mutable_context()->set_etag(found.etag());
    request.mutable_context()->set_content(found.content() + line + "\n");
    Call call;
    Context updated;
    const grpc::Status status = contexts.UpdateContext(&call, request, &updated);
    if (status.ok()) return;
    // ABORTED: somebody else was faster (ETAG_MISMATCH). Read again, and decide again.
    if (status.error_code() != grpc::StatusCode::ABORTED) check(status);
  }
}

int main() {
  ContextService::Stub contexts(connect());
  CreateContextRequest create;
  create.mutable_context()->set_title("A common journal");
  Call call;
  Context journal;
  check(contexts.CreateContext(&call, create, &journal));

  std::vector<std::thread> writers;
  for (const std::string name : {"ann", "bob", "cleo", "dan"}) {
    writers.emplace_back([&, name] {
      for (int number = 0; number < 5; number++) {
        append(contexts, journal.id(), name + " " + std::to_string(number));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();

  const Context result = get(contexts, journal.id());
  const auto lines = std::count(result.content().begin(), result.content().end(), '\n');
  std::cout << lines << " lines in version " << result.version() << ", after " << retries << " retries\n";
}
