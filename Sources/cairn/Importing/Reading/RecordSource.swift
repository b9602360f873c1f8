import CairnAPI
import EventLoop
import Wire

/// Some of what is to be imported, in the order of the file.
struct SourceChunk {
  /// Whole lines of JSON, or nothing.
  var lines: [UInt8] = []
  var records: [TransferRecord] = []
  /// How many records or lines it is.
  var count: Int64 = 0
  /// Where records of this chunk come from, and what is wrong with those that are empty for that reason; by
  /// their place in the chunk.
  var places: [Int: String] = [:]
  var problems: [Int: String] = [:]

  mutating func append(_ item: ForeignItem, place: String? = nil) {
    if let place { places[records.count] = place }
    var record = TransferRecord()
    switch item {
    case .success(let context): record.record = .context(context)
    case .failure(let error): problems[records.count] = error.description
    }
    records.append(record)
    count += 1
  }

  /// A line that has no room in a message as JSON: as a message it has.
  mutating func append(line: [UInt8]) {
    var record = TransferRecord()
    do throws(JSONError) {
      record = try TransferRecord(json: String(decoding: line, as: UTF8.self))
    } catch {
      problems[records.count] = "the line is no TransferRecord in JSON: \(error)"
    }
    records.append(record)
    count += 1
  }
}

/// What is to be imported, read piece by piece. Confined to its loop.
protocol RecordSource: AnyObject, Sendable {
  /// The next piece; nil at the end.
  func next() async throws(InputError) -> SourceChunk?
  /// How much of the whole was read, from 0 to 1; nil where that cannot be known.
  var fraction: Double? { get }
  /// What is wrong with the file as a whole, once it was read to its end: nil when it is whole.
  var damage: String? { get }
  /// What of a folder is left out, in a line; nil when nothing is.
  var skipped: String? { get }
}

extension RecordSource {
  var skipped: String? { nil }
}

extension FileReader {
  fileprivate var fraction: Double? { size.flatMap { $0 > 0 ? min(1, Double(offset) / Double($0)) : nil } }
}

/// A file of JSON lines as `cairn export` writes it. The server looks at the lines.
final class LineSource: RecordSource, @unchecked Sendable {
  private let file: FileReader
  private var cutter = LineCutter()
  private var waiting: ArraySlice<LineCutter.Block> = []
  private var isAtEnd = false
  private var isFirst = true
  private var hasHeader = false
  private var lastBytes: [UInt8] = []

  init(_ file: FileReader) { self.file = file }

  var fraction: Double? { file.fraction }

  var damage: String? {
    let last = String(decoding: lastBytes.split(separator: 0x0A).last ?? [], as: UTF8.self)
    let isWhole = last.hasPrefix("{\"end\"") && last.hasSuffix("}}")
    return hasHeader && !isWhole ? "has no end: it was cut" : nil
  }

  func next() async throws(InputError) -> SourceChunk? {
    while waiting.isEmpty, !isAtEnd {
      var bytes = try await file.next()
      if isFirst { bytes = try first(bytes) }
      isAtEnd = bytes.isEmpty
      waiting = (isAtEnd ? cutter.finish() : cutter.feed(bytes))[...]
    }
    guard let block = waiting.popFirst() else { return nil }
    var chunk = SourceChunk()
    if block.isTooLong {
      chunk.append(.failure(InputError("the line is longer than \(LineCutter.longestLine) bytes")))
    } else if block.isLong {
      chunk.append(line: block.bytes)
    } else {
      chunk.lines = block.bytes
      chunk.count = block.lines
      lastBytes = Array(block.bytes.suffix(200))
    }
    return chunk
  }

  /// Looks at the beginning of the file.
  private func first(_ bytes: [UInt8]) throws(InputError) -> [UInt8] {
    isFirst = false
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw InputError("\(file.path) is UTF-16, not UTF-8: convert it, as with `iconv -f UTF-16 -t UTF-8`")
    }
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
    hasHeader = body.starts(with: Array("{\"header\"".utf8))
    if body.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") {
      throw InputError(
        "\(file.path) is a JSON array, not JSON lines; is it of --format chatgpt, claude or mem0?")
    }
    return body
  }
}

/// A file of binary records as `cairn export` writes it.
final class BinarySource: RecordSource, @unchecked Sendable {
  private let file: FileReader
  private var cutter = RecordCutter()
  private var hasHeader = false
  private var hasEnd = false

  init(_ file: FileReader) { self.file = file }

  var fraction: Double? { file.fraction }

  var damage: String? {
    if cutter.isMidRecord { return "ends in the middle of a record: it was cut" }
    return hasHeader && !hasEnd ? "has no end: it was cut" : nil
  }

  func next() async throws(InputError) -> SourceChunk? {
    while true {
      let bytes = try await file.next()
      if bytes.isEmpty { return nil }
      guard let messages = cutter.feed(bytes) else {
        throw InputError("\(file.path) holds no binary records from byte \(file.offset) on")
      }
      if messages.isEmpty { continue }
      var chunk = SourceChunk()
      for message in messages {
        let record = (try? TransferRecord(decoding: message)) ?? TransferRecord()
        if case .header = record.record { hasHeader = true }
        if case .end = record.record { hasEnd = true }
        if record.record == nil { chunk.problems[chunk.records.count] = "the record cannot be read" }
        chunk.records.append(record)
        chunk.count += 1
      }
      return chunk
    }
  }
}

/// A JSON array of a foreign format, element by element.
final class ElementSource: RecordSource, @unchecked Sendable {
  private let file: FileReader
  private let contexts: @Sendable (JSONValue) -> [ForeignItem]
  private var cutter = ElementCutter()
  private var isAtEnd = false
  private var elements = 0

  init(_ file: FileReader, _ contexts: @escaping @Sendable (JSONValue) -> [ForeignItem]) {
    self.file = file
    self.contexts = contexts
  }

  var fraction: Double? { file.fraction }

  var damage: String? {
    if cutter.isCut { return "ends in the middle of its list: it was cut" }
    return cutter.hasMore ? "has something behind the end of its list, which was left out" : nil
  }

  func next() async throws(InputError) -> SourceChunk? {
    while !isAtEnd {
      let bytes = try await file.next()
      isAtEnd = bytes.isEmpty
      let found = cutter.feed(bytes)
      if found.isEmpty { continue }
      var chunk = SourceChunk()
      for element in found {
        elements += 1
        let place = "element \(elements)"
        do throws(JSONSyntaxError) {
          for item in contexts(try JSONParser.parse(element)) { chunk.append(item, place: place) }
        } catch {
          chunk.append(.failure(InputError("is not JSON: \(error.reason)")), place: place)
        }
      }
      if chunk.count > 0 { return chunk }
    }
    return nil
  }
}

/// Files of text, a context each.
final class DocumentSource: RecordSource, @unchecked Sendable {
  private let folder: String?
  private let paths: [String]
  let skipped: String?
  private let isMarkdown: Bool
  private let loop: EventLoop
  private let blocking: BlockingPool
  private var done = 0

  /// - Parameters:
  ///   - folder: What the paths are below; nil for one file by its own path.
  ///   - skipped: What of the folder is left out.
  init(
    _ paths: [String], below folder: String?, skipped: String? = nil, isMarkdown: Bool, on loop: EventLoop,
    _ blocking: BlockingPool
  ) {
    self.paths = paths
    self.skipped = skipped
    self.folder = folder
    self.isMarkdown = isMarkdown
    self.loop = loop
    self.blocking = blocking
  }

  var fraction: Double? { paths.isEmpty ? nil : Double(done) / Double(paths.count) }
  var damage: String? { nil }

  func next() async throws(InputError) -> SourceChunk? {
    if done == paths.count { return nil }
    let (batch, folder, isMarkdown) = (paths[done..<min(done + 20, paths.count)], folder, isMarkdown)
    done += batch.count
    return await blocking.run(on: loop) {
      var chunk = SourceChunk()
      for path in batch {
        do throws(InputError) {
          let bytes = try TextFile.bytes(folder.map { "\($0)/\(path)" } ?? path)
          let name = folder == nil ? path.split(separator: "/").last.map(String.init) ?? path : path
          chunk.append(TextDocument.context(path: name, bytes: bytes, isMarkdown: isMarkdown), place: path)
        } catch {
          chunk.append(.failure(error), place: path)
        }
      }
      return chunk
    }
  }
}
