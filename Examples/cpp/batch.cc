// Stores many contexts in one write. A wrong one is refused in its place; the others are stored.

#include <set>

#include "cairn/v1/context.grpc.pb.h"
#include "client.h"
#include "google/rpc/error_details.pb.h"

using namespace cairn::v1;

int main() {
  ContextService::Stub contexts(connect());
  BatchCreateContextsRequest batch;
  for (int number = 1; number <= 100; number++) {
    Context* context = batch.add_requests()->mutable_context();
    // The last one has no title, which every context must have.
    if (number < 100) context->set_title("Page " + std::to_string(number));
    context->add_tags("book");
  }
  batch.set_request_id(unique());
  Call call;
  BatchCreateContextsResponse answer;
  check(contexts.BatchCreateContexts(&call, batch, &answer));

  int stored = 0;
  std::set<int64_t> positions;
  for (const ContextResult& result : answer.results()) {
    if (!result.has_context()) continue;
    stored++;
    positions.insert(result.context().position());
  }
  std::cout << "stored " << stored << " contexts at one position: " << std::boolalpha << (positions.size() == 1) << "\n";
  for (int index = 0; index < answer.results_size(); index++) {
    for (const auto& detail : answer.results(index).error().details()) {
      google::rpc::BadRequest wrong;
      if (!detail.UnpackTo(&wrong)) continue;
      for (const auto& field : wrong.field_violations()) {
        std::cout << "item " << index << ": " << field.field() << "\n";
      }
    }
  }

  // All or none: with `atomic` the wrong item refuses the whole batch.
  batch.set_atomic(true);
  batch.set_request_id(unique());
  Call another;
  const grpc::Status refused = contexts.BatchCreateContexts(&another, batch, &answer);
  std::cout << "atomic: " << (refused.error_code() == grpc::StatusCode::INVALID_ARGUMENT ? "INVALID_ARGUMENT" : "?") << "\n";
}
