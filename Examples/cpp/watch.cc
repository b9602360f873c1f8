// Follows the changes of a project, is cut off, and goes on where it stopped: nothing is missed or seen twice.

#include <optional>

#include "cairn/v1/context.grpc.pb.h"
#include "client.h"

using namespace cairn::v1;

// How far the feed was read. A program keeps this wherever it keeps what it made of the changes.
struct Place {
  int64_t position;
  std::optional<int32_t> ordinal;

  void passed(const WatchContextsResponse& response) {
    if (response.has_change()) {
      position = response.change().position();
      ordinal = response.change().ordinal();
    } else if (response.has_checkpoint()) {
      position = response.checkpoint().position();
      ordinal.reset();
    }
  }
};

static Context create(ContextService::Stub& contexts, const char* title) {
  CreateContextRequest request;
  request.mutable_context()->set_title(title);
  Call call;
  Context stored;
  check(contexts.CreateContext(&call, request, &stored));
  return stored;
}

// Prints the next changes behind a place, then ends the call, as a cut would.
static void follow(ContextService::Stub& contexts, Place& place, int count) {
  WatchContextsRequest request;
  request.set_after_position(place.position);
  if (place.ordinal) request.set_after_ordinal(*place.ordinal);
  Call call;
  auto feed = contexts.WatchContexts(&call, request);
  WatchContextsResponse response;
  while (count > 0 && feed->Read(&response)) {
    place.passed(response);
    if (!response.has_change()) continue;
    std::cout << ContextChange::Kind_Name(response.change().kind()) << ": " << response.change().context().title() << "\n";
    count--;
  }
  call.TryCancel();
  const grpc::Status status = feed->Finish();
  if (count > 0) check(status);
}

int main() {
  ContextService::Stub contexts(connect());
  const Context first = create(contexts, "one");
  create(contexts, "two");
  Place place{first.position() - 1, std::nullopt};
  follow(contexts, place, 1);
  std::cout << "cut\n";
  create(contexts, "three");
  follow(contexts, place, 2);
}
