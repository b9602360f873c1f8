import EventLoop
import Foundation
import Glibc
import Testing

@Suite("Unix sockets and several listeners")
struct UnixSocketTests {
  private func withLoop(_ body: (EventLoop, _ folder: String) async throws -> Void) async throws {
    let group = EventLoopGroup(loops: 1)
    let folder = FileManager.default.temporaryDirectory.path + "/cairn-unix-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer {
      try? FileManager.default.removeItem(atPath: folder)
      group.stop()
    }
    try await body(group.loops[0], folder)
  }

  private func listen(_ path: String, on loop: EventLoop) async throws(SocketError) -> Listener {
    try await loop.run { () async throws(SocketError) in
      let listener = try Listener(SocketAddress(.unix(path: path)), on: loop) { descriptor, _ in
        close(descriptor)
      }
      listener.start()
      return listener
    }
  }

  private func stop(_ listener: Listener, on loop: EventLoop) async {
    await loop.run { () async in listener.stop() }
  }

  @Test("the file lets owner and group connect, whatever the umask, and goes when the listener stops")
  func fileLife() async throws {
    try await withLoop { loop, folder in
      let path = folder + "/s"
      let listener = try await listen(path, on: loop)
      var information = stat()
      #expect(lstat(path, &information) == 0)
      #expect(information.st_mode == S_IFSOCK | 0o660)
      let descriptor = try await loop.run { () async throws(SocketError) in
        try await Socket.connect(to: SocketAddress(.unix(path: path)), on: loop)
      }
      close(descriptor)
      await stop(listener, on: loop)
      #expect(lstat(path, &information) != 0)
    }
  }

  @Test("a socket whose server is gone is replaced")
  func stale() async throws {
    try await withLoop { loop, folder in
      let path = folder + "/s"
      // Closed without being removed, as kill -9 leaves it.
      let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.bind(dead, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(bound == 0)
      close(dead)
      await stop(try await listen(path, on: loop), on: loop)
    }
  }

  @Test("a live socket is refused and left alone; so is a file that is no socket")
  func live() async throws {
    try await withLoop { loop, folder in
      let path = folder + "/s"
      let listener = try await listen(path, on: loop)
      await #expect(throws: SocketError.self) { try await listen(path, on: loop) }
      do throws(SocketError) { _ = try await listen(path, on: loop) } catch {
        #expect(error.description == "unix:\(path): cannot listen: another process listens there")
      }
      let descriptor = try await loop.run { () async throws(SocketError) in
        try await Socket.connect(to: SocketAddress(.unix(path: path)), on: loop)
      }
      close(descriptor)
      await stop(listener, on: loop)

      try "text".write(toFile: path, atomically: true, encoding: .utf8)
      do throws(SocketError) { _ = try await listen(path, on: loop) } catch {
        #expect(error.problem == "cannot listen: there is a file that is not a socket")
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "text")
    }
  }

  @Test("a listener that stops leaves alone what another has put in its place")
  func replaced() async throws {
    try await withLoop { loop, folder in
      let path = folder + "/s"
      let first = try await listen(path, on: loop)
      unlink(path)
      let second = try await listen(path, on: loop)
      await stop(first, on: loop)
      var information = stat()
      #expect(lstat(path, &information) == 0)
      await stop(second, on: loop)
    }
  }
}
