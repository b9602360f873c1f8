// Remembers what an agent learned, and recalls what counts for a question.

#include <cstdio>

#include "cairn/v1/memory.grpc.pb.h"
#include "client.h"

using namespace cairn::v1;

struct Learned {
  const char* content;
  MemoryImportance importance;
  double confidence;
};

int main() {
  MemoryService::Stub memories(connect());

  const Learned learned[] = {
      {"The footpath over the old bridge opens at nine.", MEMORY_IMPORTANCE_HIGH, 0.9},
      {"Somebody said the ferry may run in winter.", MEMORY_IMPORTANCE_LOW, 0.3},
      {"The museum by the bridge is closed on Mondays.", MEMORY_IMPORTANCE_MEDIUM, 0.8},
  };
  for (const Learned& each : learned) {
    RememberRequest request;
    request.mutable_context()->set_content(each.content);
    request.mutable_context()->mutable_memory()->set_importance(each.importance);
    request.mutable_context()->mutable_memory()->set_confidence(each.confidence);
    // The request id makes a repetition safe: after a lost answer the same call stores nothing twice.
    request.set_request_id(unique());
    Call call;
    Context stored;
    check(memories.Remember(&call, request, &stored));
  }

  RecallRequest question;
  question.set_query("When does the bridge open?");
  question.set_limit(2);
  std::printf("%s\n", question.query().c_str());
  Call call;
  RecallResponse recalled;
  check(memories.Recall(&call, question, &recalled));
  for (const RecalledMemory& found : recalled.memories()) {
    std::printf("%.2f  %s\n", found.score(), found.context().content().c_str());
  }
}
