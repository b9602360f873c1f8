import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import StandardProtos
import Wire

extension TransferService {
  package func importContexts(
    _ requests: RequestStream<ImportContextsRequest>, _ responses: ResponseWriter<ImportContextsResponse>,
    _ call: CallContext
  ) async throws(RPCError) {
    let first = try await requests.next()
    let scope = try await journal.scope(first?.options?.project ?? "", call)
    let plan = try ContextImport(validating: first?.options)
    var progress = try await store.begin(plan, in: scope)
    call.sendHeaders()
    try await responses.write(ImportContextsResponse(progress, plan))

    let intake = ImportIntake<ImportRecord>(limit: Limits.importBytes)
    let reader = ImportReader(
      requests: requests, intake: intake, blocking: blocking, loop: call.loop,
      acknowledged: progress.acknowledged)
    try await call.alongside({ await reader.read(first) }) { () async throws(RPCError) in
      do throws(RPCError) {
        while var records = try await intake.take() {
          while !records.isEmpty {
            try await journal.require(scope.project, on: call.loop)
            let batch = ImportBatch(from: &records, plan, after: progress)
            progress = try await store(batch, of: plan, after: progress, in: scope, to: responses)
          }
        }
      } catch {
        intake.close()
        throw error
      }
    }
    var last = ImportContextsResponse(progress, plan)
    last.done = true
    try await responses.write(last)
  }

  /// Stores one batch and acknowledges it.
  private func store(
    _ batch: ImportBatch, of plan: ContextImport, after progress: ImportProgress, in scope: CallScope,
    to responses: ResponseWriter<ImportContextsResponse>
  ) async throws(RPCError) -> ImportProgress {
    if plan.stopsAtErrors, let wrong = batch.failures.first {
      var before = batch
      before.failures = []
      if before.last > 0 { _ = try await store(before, of: plan, after: progress, in: scope, to: responses) }
      throw wrong.error.adding(["sequence": "\(wrong.sequence)"])
    }
    var failures: [ImportBatch.Failure] = []
    var progress = progress
    if batch.relationships.isEmpty {
      progress = try await store.store(batch, of: plan, after: progress, in: scope)
    } else {
      (progress, failures) = try await store.storeRelationships(batch, of: plan, after: progress, in: scope)
    }
    let stopper = plan.stopsAtErrors ? failures.first : nil
    let all = (batch.failures + failures).sorted { $0.sequence < $1.sequence }
    for response in ImportContextsResponse.several(
      after: progress, of: plan, failures: stopper == nil ? all : [])
    {
      try await responses.write(response)
    }
    if let stopper { throw stopper.error.adding(["sequence": "\(stopper.sequence)"]) }
    return progress
  }
}

/// Reads the records of an import while others are written. Confined to the call's loop.
private struct ImportReader {
  let requests: RequestStream<ImportContextsRequest>
  let intake: ImportIntake<ImportRecord>
  let blocking: BlockingPool
  let loop: EventLoop
  let acknowledged: Int64

  func read(_ first: ImportContextsRequest?) async {
    do throws(RPCError) {
      try await readAll(first)
      intake.finish(.success(()))
    } catch {
      intake.finish(.failure(error))
    }
  }

  private func readAll(_ first: ImportContextsRequest?) async throws(RPCError) {
    var request = first
    var next = acknowledged + 1
    var isFirst = true
    while let message = request {
      if !isFirst, message.options != nil {
        throw RPCError(.invalidArgument, .fieldInvalid, "options must be in the first message only")
      }
      let start = message.firstSequence == 0 ? next : message.firstSequence
      guard (1...next).contains(start) else { throw .importGap(expected: next, sequence: start) }
      // Parsing and checking a large message takes longer than a loop may be held up.
      let isSmall = message.size < Self.smallMessage
      var rest = ImportMessage(message, from: start, after: next - 1)
      while !rest.isAtEnd {
        let records: [ImportRecord]
        if isSmall {
          records = rest.next()
        } else {
          let begun = rest
          (records, rest) = await blocking.run(on: loop) {
            var rest = begun
            return (rest.next(), rest)
          }
        }
        if Task.isCancelled { throw .callEnded }
        guard await intake.put(records, bytes: records.reduce(0) { $0 + $1.size + 64 }) else { return }
      }
      next = max(next, rest.sequence)
      request = try await requests.next()
      isFirst = false
    }
  }

  private static let smallMessage = 16 << 10
}

extension ImportContextsRequest {
  /// About how many bytes it has.
  fileprivate var size: Int {
    records.reduce(jsonLines.count) { sum, record in
      switch record.record {
      case .context(let context), .contextVersion(let context):
        sum + 256 + context.content.utf8.count + context.data.count
      default: sum + 64
      }
    }
  }
}

extension ImportContextsResponse {
  fileprivate init(_ progress: ImportProgress, _ plan: ContextImport) {
    self.init()
    importId = plan.id
    acknowledged = progress.acknowledged
    stored = progress.stored
    overwritten = progress.overwritten
    skipped = progress.skipped
    failed = progress.failed
    ignored = progress.ignored
    position = progress.position
    versions = progress.versions
    unfinished = Int32(progress.unfinished.count)
  }

  /// The answer to a batch: more than one message where its failures outgrow one.
  fileprivate static func several(
    after progress: ImportProgress, of plan: ContextImport, failures: [ImportBatch.Failure]
  ) -> [ImportContextsResponse] {
    var responses: [ImportContextsResponse] = []
    var response = ImportContextsResponse(progress, plan)
    var bytes = 0
    for (sequence, error) in failures {
      var failure = ImportFailure()
      failure.sequence = sequence
      failure.error = GoogleRpcStatus(error)
      bytes += failure.serializedBytes().count
      response.failures.append(failure)
      if bytes > Limits.transferBytes {
        responses.append(response)
        response.failures = []
        bytes = 0
      }
    }
    responses.append(response)
    return responses
  }
}
