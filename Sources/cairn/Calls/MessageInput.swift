import DynamicMessage
import EventLoop
import Glibc
import Wire

/// Where the request messages of a call come from.
enum MessageSource: Equatable, Sendable {
  /// JSON on the command line.
  case text(String)
  case file(String)
  case standardInput

  /// Reads the operand of `cairn call`: JSON, `@FILE` or `-`.
  init(_ operand: String) {
    if operand == "-" {
      self = .standardInput
    } else if operand.hasPrefix("@") {
      self = .file(String(operand.dropFirst()))
    } else {
      self = .text(operand)
    }
  }
}

/// Request messages, one after the other, as they arrive. Confined to `loop`.
final class MessageInput: @unchecked Sendable {
  private let type: MessageType
  private let loop: EventLoop
  private let blocking = BlockingPool(threads: 1)
  private let source: MessageSource
  private var descriptor: Int32?
  private var splitter = JSONSplitter()
  private var pieces: [[UInt8]] = []
  private var isAtEnd = false
  private var count = 0

  private static let chunkSize = 64 << 10

  init(_ source: MessageSource, type: MessageType, on loop: EventLoop) {
    self.source = source
    self.type = type
    self.loop = loop
    if case .text(let text) = source {
      pieces = splitter.feed(text.utf8)
      if let rest = splitter.finish() { pieces.append(rest) }
      isAtEnd = true
      pieces.reverse()
    }
  }

  deinit {
    if let descriptor, descriptor != STDIN_FILENO { close(descriptor) }
  }

  /// The next message; nil when there are no more.
  func next() async throws(InputError) -> DynamicMessage? {
    while pieces.isEmpty, !isAtEnd { try await read() }
    guard let piece = pieces.popLast() else { return nil }
    count += 1
    let json: JSONValue
    do throws(JSONSyntaxError) {
      json = try JSONParser.parse(piece)
    } catch {
      throw InputError("\(place) is not valid JSON: \(error)")
    }
    do throws(ProtoJSONError) {
      return try DynamicMessage(json: json, type: type)
    } catch {
      throw InputError("\(place) is no \(type.fullName): \(error)")
    }
  }

  /// `the request`, and from the second message on its number.
  private var place: String {
    let name: String =
      switch source {
      case .text: "the request"
      case .file(let path): path
      case .standardInput: "standard input"
      }
    return count < 2 ? name : "\(name), message \(count)"
  }

  private func read() async throws(InputError) {
    let descriptor = try open()
    let chunk = await blocking.run(on: loop) { () -> Result<[UInt8], InputError> in
      var buffer = [UInt8](repeating: 0, count: Self.chunkSize)
      while true {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count >= 0 { return .success(Array(buffer[..<count])) }
        if errno != EINTR { return .failure(InputError(String(cString: strerror(errno)))) }
      }
    }
    let bytes: [UInt8]
    switch chunk {
    case .success(let read): bytes = read
    case .failure(let error): throw InputError("\(place): \(error)")
    }
    pieces = splitter.feed(bytes)
    if splitter.isOverLimit {
      throw InputError("a message is larger than \(JSONSplitter.sizeLimit >> 20) MiB")
    }
    if bytes.isEmpty {
      isAtEnd = true
      if let rest = splitter.finish() { pieces.append(rest) }
    }
    pieces.reverse()
  }

  private func open() throws(InputError) -> Int32 {
    if let descriptor { return descriptor }
    let opened: Int32
    if case .file(let path) = source {
      opened = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard opened >= 0 else { throw InputError("\(path): \(String(cString: strerror(errno)))") }
    } else {
      opened = STDIN_FILENO
    }
    descriptor = opened
    return opened
  }
}
