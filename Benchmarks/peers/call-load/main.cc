// Calls of a gRPC server, different ones by turns, each answer checked: its message, its `grpc-status`. What h2load
// cannot do: other requests for every call, several methods, a given pace, feeds. About as light as h2load.
//
//   call-load HOST:PORT [OPTION]… NAME=WEIGHT:PATH:FILE…
//
// FILE holds requests with gRPC's prefix. The options are in plan.h. Prints one line of JSON. With --watch every
// call is a feed: `ready` is printed when each has sent its first message, and the run lasts until as many changes have
// come as a line of the input says.

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <vector>

#include "connection.h"
#include "report.h"

static int64_t now(clockid_t clock = CLOCK_MONOTONIC) {
  timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

static double seconds(int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

class Load final : public Listener {
 public:
  explicit Load(const Plan& plan) : plan_(plan), choice_(plan), report_(plan) {
    for (int i = 0; i < plan.connections; i++)
      connections_.push_back(std::make_unique<Connection>(plan.host, plan.port, *this));
    calls_.resize(static_cast<size_t>(plan.connections * plan.calls));
    // Free calls of all connections by turns.
    for (int i = plan.calls - 1; i >= 0; i--)
      for (int j = plan.connections - 1; j >= 0; j--) {
        Call& call = calls_[static_cast<size_t>(i * plan.connections + j)];
        call.connection = connections_[static_cast<size_t>(j)].get();
        free_.push_back(&call);
      }
  }

  void run() {
    start_ = now();
    end_ = plan_.seconds > 0 ? start_ + static_cast<int64_t>(plan_.seconds * 1e9) : INT64_MAX;
    lastAnswer_ = start_;
    while (!isOver()) {
      beginDue();
      for (auto& connection : connections_) connection->flush();
      wait();
    }
    report_.print(seconds(lastAnswer_ - start_), seconds(now(CLOCK_PROCESS_CPUTIME_ID)));
  }

  void message(Call& call, std::string_view message) override {
    int64_t time = now();
    if (plan_.watches) {
      if (call.messages == 1 && ++greeted_ == calls_.size()) {
        puts("ready");
        fflush(stdout);
      }
      if (auto position = FieldReader::find(message, plan_.position)) {
        report_.change(time, static_cast<int64_t>(*position));
        changes_++;
      }
    } else if (!plan_.position.empty()) {
      call.position = static_cast<int64_t>(FieldReader::find(message, plan_.position).value_or(0));
    }
  }

  void ended(Call& call) override {
    if (plan_.watches) throw std::runtime_error("a feed has ended with the status " + std::to_string(call.status));
    lastAnswer_ = now();
    report_.call(call.kind, call.status, call.messages, call.start, lastAnswer_, call.position);
    underWay_--;
    free_.push_back(&call);
  }

 private:
  bool isOver() const {
    if (plan_.watches) return changes_ >= wanted_;
    bool noMore = plan_.count > 0 ? begun_ == plan_.count : now() >= end_;
    return noMore && underWay_ == 0;
  }

  bool mayBegin(int64_t time) const {
    if (free_.empty()) return false;
    if (plan_.watches) return begun_ < static_cast<long>(calls_.size());
    if (plan_.count > 0 ? begun_ == plan_.count : time >= end_) return false;
    return plan_.pace == 0 || due() <= time;
  }

  // When the next call is to begin, where there is a pace. The time of one that finds no place counts from here, too.
  int64_t due() const { return start_ + static_cast<int64_t>(static_cast<double>(begun_) / plan_.pace * 1e9); }

  void beginDue() {
    for (int64_t time = now(); mayBegin(time); time = now()) {
      Call& call = *free_.back();
      free_.pop_back();
      call.kind = choice_.kind();
      call.request = choice_.request(call.kind, call.storage);
      call.start = plan_.pace > 0 ? due() : time;
      begun_++;
      underWay_++;
      call.connection->begin(call, plan_.kinds[call.kind].path, !plan_.watches);
    }
  }

  void wait() {
    polled_.clear();
    for (auto& connection : connections_) {
      short events = connection->wantsToWrite() ? POLLIN | POLLOUT : POLLIN;
      polled_.push_back({connection->descriptor(), events, 0});
    }
    if (plan_.watches) polled_.push_back({wanted_ == LONG_MAX ? STDIN_FILENO : -1, POLLIN, 0});
    int64_t until = plan_.pace > 0 && !free_.empty() ? std::min(due(), end_) : end_;
    int64_t left = std::clamp<int64_t>(until - now(), 0, 30'000'000'000);
    if (underWay_ > 0 && left == 0 && until == end_) left = 30'000'000'000;
    timespec timeout = {left / 1'000'000'000, left % 1'000'000'000};
    int ready = ppoll(polled_.data(), polled_.size(), &timeout, nullptr);
    if (ready == 0 && left == 30'000'000'000 && !plan_.watches) throw std::runtime_error("the server is silent");
    for (size_t i = 0; i < connections_.size(); i++)
      if (polled_[i].revents & (POLLIN | POLLHUP | POLLERR)) connections_[i]->receive();
    if (plan_.watches && polled_.back().revents) readInput();
    if (plan_.watches && now() >= end_)
      throw std::runtime_error(std::to_string(wanted_ - changes_) + " changes did not come");
  }

  // How many changes there will be altogether. Whoever waits for them for a minute waits in vain.
  void readInput() {
    if (!(std::cin >> wanted_)) throw std::runtime_error("a number of changes is wanted");
    end_ = now() + 60'000'000'000;
  }

  const Plan& plan_;
  Choice choice_;
  Report report_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Call> calls_;
  std::vector<Call*> free_;
  std::vector<pollfd> polled_;
  int64_t start_ = 0, end_ = 0, lastAnswer_ = 0;
  long begun_ = 0, underWay_ = 0;
  size_t greeted_ = 0;
  // Of feeds.
  long changes_ = 0, wanted_ = LONG_MAX;
};

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  try {
    Plan plan = parsePlan(argc, argv);
    Load(plan).run();
  } catch (const std::exception& error) {
    std::cerr << "call-load: " << error.what() << std::endl;
    return 1;
  }
}
