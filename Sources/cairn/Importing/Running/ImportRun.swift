import CairnAPI
import EventLoop
import GRPC
import StandardProtos

/// One pass over what is to be imported: sends it and listens to what becomes of it. Confined to `loop`.
final class ImportRun: @unchecked Sendable {
  private let source: any RecordSource
  private let options: ImportOptions
  private let loop: EventLoop
  private let name: String
  private var progress: ProgressLine
  /// Places and problems of records that were sent and not acknowledged.
  private var places: [Int64: String] = [:]
  private var problems: [Int64: String] = [:]
  private(set) var last = ImportContextsResponse()

  /// - Parameter name: Of the file, for messages about its records.
  init(
    _ source: any RecordSource, _ options: ImportOptions, name: String, progress: ProgressLine,
    on loop: EventLoop
  ) {
    self.source = source
    self.options = options
    self.name = name
    self.progress = progress
    self.loop = loop
  }

  /// Imports to the end of the file, from wherever the import stands.
  func run(_ channel: Channel, options callOptions: CallOptions) async throws(CallFailure) {
    let sent: Result<Void, InputError>
    do throws(RPCError) {
      sent = try await transfer(TransferServiceClient(channel), options: callOptions)
      progress.clear()
    } catch {
      progress.clear()
      throw .status(error)
    }
    do throws(InputError) { try sent.get() } catch { throw .input(error) }
  }

  /// - Returns: How the reading of the file ended; what was read before is imported.
  private func transfer(
    _ client: TransferServiceClient, options callOptions: CallOptions
  ) async throws(RPCError) -> Result<Void, InputError> {
    let call = try await client.importContexts(options: callOptions)
    var first = ImportContextsRequest()
    first.options = options
    try await call.write(first)
    guard let begun = try await call.next() else { throw RPCError(.internal, "the server answered nothing") }
    last = begun
    async let sending = send(to: call, behind: begun.acknowledged)
    do throws(RPCError) {
      while let response = try await call.next() { heard(response) }
    } catch {
      await call.cancel()
      _ = await sending
      throw error
    }
    return await sending
  }

  /// Sends what comes behind `acknowledged`. The server may end the call at any time: then the reader knows
  /// why.
  private func send(
    to call: BidirectionalCall<ImportContextsRequest, ImportContextsResponse>, behind acknowledged: Int64
  ) async -> Result<Void, InputError> {
    var sequence: Int64 = 1
    do throws(InputError) {
      while let chunk = try await source.next() {
        let first = sequence
        sequence += chunk.count
        if sequence - 1 <= acknowledged { continue }
        for (place, text) in chunk.places { places[first + Int64(place)] = text }
        for (place, text) in chunk.problems { problems[first + Int64(place)] = text }
        var request = ImportContextsRequest()
        request.firstSequence = first
        request.jsonLines = chunk.lines
        for records in chunk.records.isEmpty ? [[]] : chunk.records.groups() {
          request.records = records
          guard (try? await call.write(request)) != nil else { return .success(()) }
          request.firstSequence += Int64(records.count)
        }
      }
    } catch {
      await call.finishWriting()
      return .failure(error)
    }
    await call.finishWriting()
    return .success(())
  }

  private func heard(_ response: ImportContextsResponse) {
    last = response
    if !response.failures.isEmpty { progress.clear() }
    for failure in response.failures {
      let problem = problems[failure.sequence] ?? failure.error.map { Self.text($0) } ?? "is wrong"
      Output.complain(["\(place(failure.sequence)): \(problem)"])
    }
    if !places.isEmpty { places = places.filter { $0.key > response.acknowledged } }
    if !problems.isEmpty { problems = problems.filter { $0.key > response.acknowledged } }
    progress.show(
      response.stored + response.overwritten, text: Self.summary(response), fraction: source.fraction)
  }

  /// `notes.jsonl:17`, `export.json, element 3`
  func place(_ sequence: Int64) -> String {
    places[sequence].map { "\(name), \($0)" } ?? "\(name):\(sequence)"
  }

  /// The wrong fields where there are some, else the message.
  private static func text(_ status: GoogleRpcStatus) -> String {
    for detail in status.details {
      guard let request = try? detail.unpack(GoogleRpcBadRequest.self) else { continue }
      return request.fieldViolations.map { "\($0.field) \($0.description)" }.joined(separator: "; ")
    }
    return status.message
  }

  /// `12 stored, 3 skipped`
  static func summary(_ response: ImportContextsResponse) -> String {
    let counts = [
      (response.stored, "stored"), (response.versions, "former versions"),
      (response.overwritten, "overwritten"), (response.skipped, "skipped"), (response.failed, "wrong"),
    ]
    let texts = counts.filter { $0.0 > 0 || $0.1 == "stored" }.map { "\($0.0) \($0.1)" }
    return texts.joined(separator: ", ")
  }
}

extension [TransferRecord] {
  /// Runs of records that fit into a message each.
  fileprivate func groups() -> [[TransferRecord]] {
    var groups: [[TransferRecord]] = [[]]
    var bytes = 0
    for record in self {
      var size = 256
      switch record.record {
      case .context(let context), .contextVersion(let context):
        size += context.content.utf8.count + context.data.count
      default: break
      }
      if bytes + size > 512 << 10, !groups[groups.count - 1].isEmpty {
        groups.append([])
        bytes = 0
      }
      groups[groups.count - 1].append(record)
      bytes += size
    }
    return groups
  }
}
