// What the load is told: which calls, how many, how fast.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "message.h"

// Where this stands in a request, 16 characters that no other call of any run has are put in its place.
constexpr std::string_view uniqueMark = "@@@@@@@@@@@@@@@@";

// One kind of call: a method and the requests for it, of which each call takes one: at random, or the next one.
struct Kind {
  std::string name;
  unsigned weight;
  std::string path;
  std::vector<std::string> requests;
};

struct Plan {
  std::string host;
  std::string port;
  int connections = 8;
  // Calls in flight on a connection.
  int calls = 1;
  // The run ends after as many calls, or after as many seconds.
  long count = 0;
  double seconds = 0;
  // Calls a second of all connections together; 0: each call begins when the one before it has ended.
  double pace = 0;
  // The calls are streams of answers that do not end by themselves.
  bool watches = false;
  // Calls take a kind's requests one after the other.
  bool inOrder = false;
  // Where in an answer the position of a write or of a change stands.
  std::vector<uint32_t> position;
  // Where each call or change is noted.
  std::string log;
  std::vector<Kind> kinds;
};

inline std::vector<std::string> split(const std::string& text, char separator, size_t most) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (parts.size() + 1 < most) {
    size_t end = text.find(separator, start);
    if (end == std::string::npos) break;
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

// NAME=WEIGHT:PATH:FILE
inline Kind parseKind(const std::string& text) {
  auto named = split(text, '=', 2);
  auto parts = split(named.back(), ':', 3);
  if (named.size() != 2 || parts.size() != 3) throw std::runtime_error("a kind is NAME=WEIGHT:PATH:FILE, not " + text);
  return {named[0], static_cast<unsigned>(std::stoul(parts[0])), parts[1], framedMessages(parts[2])};
}

inline Plan parsePlan(int argc, char** argv) {
  Plan plan;
  if (argc < 2) throw std::runtime_error("usage: call-load HOST:PORT [--OPTION VALUE]… KIND…");
  std::string address = argv[1];
  size_t colon = address.rfind(':');
  plan.host = address.substr(0, colon);
  plan.port = address.substr(colon + 1);
  for (int i = 2; i < argc; i++) {
    std::string word = argv[i];
    if (word.rfind("--", 0) != 0) {
      plan.kinds.push_back(parseKind(word));
      continue;
    }
    if (word == "--watch") {
      plan.watches = true;
      continue;
    }
    if (word == "--in-order") {
      plan.inOrder = true;
      continue;
    }
    if (i + 1 == argc) throw std::runtime_error(word + " wants a value");
    std::string value = argv[++i];
    if (word == "--connections") plan.connections = std::stoi(value);
    else if (word == "--calls") plan.calls = std::stoi(value);
    else if (word == "--count") plan.count = std::stol(value);
    else if (word == "--seconds") plan.seconds = std::stod(value);
    else if (word == "--pace") plan.pace = std::stod(value);
    else if (word == "--log") plan.log = value;
    else if (word == "--position")
      for (auto& part : split(value, '.', 8)) plan.position.push_back(std::stoul(part));
    else throw std::runtime_error("there is no option " + word);
  }
  if (plan.kinds.empty()) throw std::runtime_error("no kind of call is named");
  if (!plan.watches && (plan.count > 0) == (plan.seconds > 0))
    throw std::runtime_error("one of --count and --seconds is wanted");
  return plan;
}

// Chooses kinds and requests, and makes the unique parts.
class Choice {
 public:
  explicit Choice(const Plan& plan) : kinds_(plan.kinds), inOrder_(plan.inOrder), next_(plan.kinds.size()) {
    std::random_device source;
    random_.seed((static_cast<uint64_t>(source()) << 32) | source());
    run_ = static_cast<uint32_t>(random_());
    for (auto& kind : kinds_) weights_ += kind.weight;
  }

  size_t kind() {
    if (kinds_.size() == 1) return 0;
    unsigned left = static_cast<unsigned>(random_() % weights_);
    for (size_t i = 0; i < kinds_.size(); i++) {
      if (left < kinds_[i].weight) return i;
      left -= kinds_[i].weight;
    }
    return 0;
  }

  // A request of a kind, in `storage` where it is to be changed.
  std::string_view request(size_t kind, std::string& storage) {
    auto& requests = kinds_[kind].requests;
    size_t number = requests.size() == 1 ? 0 : (inOrder_ ? next_[kind]++ : random_()) % requests.size();
    const std::string& chosen = requests[number];
    size_t mark = chosen.find(uniqueMark);
    if (mark == std::string::npos) return chosen;
    storage = chosen;
    char text[uniqueMark.size() + 1];
    snprintf(text, sizeof text, "%08x%08x", run_, counter_++);
    for (; mark != std::string::npos; mark = storage.find(uniqueMark, mark))
      storage.replace(mark, uniqueMark.size(), text);
    return storage;
  }

 private:
  const std::vector<Kind>& kinds_;
  bool inOrder_;
  // Of each kind.
  std::vector<size_t> next_;
  std::mt19937_64 random_;
  unsigned weights_ = 0;
  uint32_t run_;
  uint32_t counter_ = 0;
};
