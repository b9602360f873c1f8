import EventLoop
import Glibc
import Patience
import Testing

@testable import GRPC

@Suite struct ChannelThreadTests {
  private static func threads() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }

  @Test("channels that were closed leave no threads, whether they are kept or not", arguments: [false, true])
  func close(_ areKept: Bool) async throws {
    try await withProbe { _, first, _ in
      let before = Self.threads()
      var kept: [Channel] = []
      for _ in 0..<50 {
        let channel = Channel(first.target, on: first.loop)
        _ = try await channel.unary(ProbeService.unary, message("m"))
        await channel.close()
        if areKept { kept.append(channel) }
      }
      // What other tests leave ends, too, so there may be fewer.
      #expect(await eventually { Self.threads() <= before + 2 })
      #expect(kept.count == (areKept ? 50 : 0))
    }
  }
}
