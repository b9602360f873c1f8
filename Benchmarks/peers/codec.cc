// How long C++ protobuf takes for one message: `codec FILE`, which holds it. Decoded into an arena that is used again,
// encoded into a buffer that is there already. Prints nanoseconds of the processor for decoding and encoding.

#include <google/protobuf/arena.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "cairn/bench/v1/note.pb.h"

using cairn::bench::v1::Note;

constexpr int runs = 20'000, rounds = 9;

template <typename Body>
static double median(Body body) {
  std::vector<double> times;
  for (int round = 0; round < rounds; round++) {
    timespec start, end;
    size_t sum = 0;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (int run = 0; run < runs; run++) sum += body();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    if (sum == 0) throw std::runtime_error("nothing was done");
    times.push_back(((end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec)) / runs);
  }
  std::sort(times.begin(), times.end());
  return times[rounds / 2];
}

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  std::ostringstream text;
  text << std::ifstream(argv[1], std::ios::binary).rdbuf();
  const std::string bytes = text.str();

  std::vector<char> block(1 << 16);
  google::protobuf::ArenaOptions options;
  options.initial_block = block.data();
  options.initial_block_size = block.size();
  google::protobuf::Arena arena(options);
  double decode = median([&] {
    auto* note = google::protobuf::Arena::CreateMessage<Note>(&arena);
    if (!note->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return 0;
    int count = note->tags_size();
    arena.Reset();
    return count;
  });

  Note note;
  note.ParseFromString(bytes);
  std::vector<char> buffer(bytes.size() * 2);
  double encode = median([&] {
    size_t size = note.ByteSizeLong();
    note.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(buffer.data()));
    return size;
  });
  if (note.ByteSizeLong() != bytes.size()) return 1;
  std::cout << decode << " " << encode << std::endl;
}
