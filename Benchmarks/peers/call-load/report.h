// What a run did: counts, times, and the log of every call.
#pragma once

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "plan.h"

// A line of the log: of a call its times; of a change when it came, twice. Nanoseconds of the monotonic clock.
struct Note {
  int64_t kind, start, end, position;
};

class Report {
 public:
  explicit Report(const Plan& plan) : plan_(plan), times_(plan.kinds.size()) {}

  void call(size_t kind, int status, size_t messages, int64_t start, int64_t end, int64_t position) {
    // An answer without a message is none.
    if (status == 0 && messages != 1) status = -2;
    if (status != 0) {
      failures_[status]++;
    } else {
      times_[kind].push_back(end - start);
    }
    if (!plan_.log.empty()) notes_.push_back({static_cast<int64_t>(kind), start, status == 0 ? end : -1, position});
  }

  void change(int64_t at, int64_t position) { notes_.push_back({0, at, at, position}); }

  // `seconds` from the first call to the last answer, `cpu` the seconds that the load itself took.
  void print(double seconds, double cpu) {
    printf("{\"seconds\": %.6f, \"cpu_seconds\": %.3f, \"changes\": %zu, \"failures\": {", seconds, cpu,
           plan_.watches ? notes_.size() : 0);
    const char* comma = "";
    for (auto& [status, count] : failures_) {
      printf("%s\"%d\": %zu", comma, status, count);
      comma = ", ";
    }
    printf("}, \"kinds\": {");
    comma = "";
    for (size_t kind = 0; kind < times_.size(); kind++) {
      auto& times = times_[kind];
      std::sort(times.begin(), times.end());
      printf("%s\"%s\": {\"calls\": %zu, \"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}", comma,
             plan_.kinds[kind].name.c_str(), times.size(), share(times, 0.5), share(times, 0.99), share(times, 1));
      comma = ", ";
    }
    printf("}}\n");
    writeLog();
  }

 private:
  // Microseconds within which this share of the calls ended.
  static double share(const std::vector<int64_t>& sorted, double share) {
    if (sorted.empty()) return 0;
    size_t place = std::min(sorted.size() - 1, static_cast<size_t>(static_cast<double>(sorted.size()) * share));
    return static_cast<double>(sorted[place]) / 1e3;
  }

  void writeLog() {
    if (plan_.log.empty()) return;
    FILE* file = fopen(plan_.log.c_str(), "w");
    if (!file || fwrite(notes_.data(), sizeof(Note), notes_.size(), file) != notes_.size() || fclose(file) != 0)
      throw std::runtime_error("cannot write the log");
  }

  const Plan& plan_;
  std::vector<std::vector<int64_t>> times_;
  std::vector<Note> notes_;
  std::map<int, size_t> failures_;
};
