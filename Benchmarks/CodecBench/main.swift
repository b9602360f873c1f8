// How long the generated codec and libprotobuf-c take for one message. Prints nanoseconds of the processor for decoding
// and for encoding: ours, libprotobuf-c with copies from and to our structs, libprotobuf-c alone.
//
//   CodecBench [--message]
//
// --message prints the message itself, nothing else.

import CProtobufC
import Glibc
import Wire

/// Nanoseconds for one run of `body`: the median of several rounds.
struct Measurement {
  private static let runs = 20_000
  private static let rounds = 9

  private(set) var rounds: [Double] = []

  mutating func round(_ body: () -> Int) {
    var sum = 0
    let start = Self.now
    for _ in 0..<Self.runs { sum &+= body() }
    rounds.append(Double(Self.now - start) / Double(Self.runs))
    // Nothing is optimized away that a sum depends on.
    if sum == 0 { fatalError("nothing was done") }
  }

  var median: Double { rounds.sorted()[rounds.count / 2] }

  /// Measures all by turns, so that a slow moment of the machine hits each of them.
  static func byTurns(_ bodies: [() -> Int]) -> [Double] {
    var measurements = bodies.map { _ in Measurement() }
    for _ in 0..<rounds {
      for (index, body) in bodies.enumerated() { measurements[index].round(body) }
    }
    return measurements.map(\.median)
  }

  /// The processor's time and not the wall's: what else runs on the machine does not count.
  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

let note = Note.with {
  $0.id = "0195f2c4-8a31-7c55-b0de-6c1f0a9e4d21"
  $0.title = "Closing of the old bridge"
  $0.content = "The bridge was closed in 1987 and opened again as a footpath."
  $0.mediaType = "text/markdown"
  $0.owner = "planner"
  $0.session = "0195f2c4-8a31-7c55"
  $0.agent = "agent-17"
  $0.etag = "v12"
  $0.tags = ["place", "history", "draft:2", "bridge", "town council", "1987", "footpath", "to be checked"]
  $0.version = 12
  $0.kind = 2
  $0.pinned = true
  $0.createTime = .with {
    $0.seconds = 1_790_000_000
    $0.nanos = 123_456_000
  }
  $0.updateTime = .with { $0.seconds = 1_790_000_500 }
}
let bytes = note.serializedBytes()

if CommandLine.arguments.contains("--message") {
  // For other codecs, which are to have the same message.
  _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
  exit(0)
}

bytes.withUnsafeBufferPointer { buffer in
  guard Baseline.decode(buffer) == note else { fatalError("libprotobuf-c reads another message") }

  let decode = Measurement.byTurns([
    {
      guard let note = try? Note(decoding: UnsafeRawBufferPointer(buffer)) else { return 0 }
      return note.tags.count
    },
    { Baseline.decode(buffer).tags.count },
    { Baseline.plainDecode(buffer) },
  ])
  print("decode", decode[0], decode[1], decode[2])

  var output: [UInt8] = []
  var writer = WireWriter()
  let arena = StringArena()
  guard let unpacked = Baseline.unpack(buffer) else { fatalError("libprotobuf-c refuses the message") }
  let plain = UnsafeMutableRawPointer(unpacked).assumingMemoryBound(to: CNote.self)
  let encode = Measurement.byTurns([
    {
      writer.reset()
      note.encode(into: &writer)
      return writer.count
    },
    { Baseline.encode(note, into: &output, arena) },
    { Baseline.plainEncode(plain, into: &output) },
  ])
  print("encode", encode[0], encode[1], encode[2])
}
