import CairnAPI
import EventLoop
import GRPC
import Postgres

/// The moving part of a ``FeedStream``: drives its ``FeedMachine``. Confined to `loop`.
final class FeedWatcher<Entry: FeedRow>: FeedWaiter, @unchecked Sendable {
  let loop: EventLoop
  private let feed: Feed<Entry>
  private let hub: FeedHub<Entry>
  private let incarnation: Int
  private var machine: FeedMachine<Entry>
  private var ready: ArraySlice<FeedElement<Entry>> = []
  /// How far the reader is; the machine is ahead by what is ready.
  private var delivered: Cursor
  private var isReminded = false
  private var continuation: UnsafeContinuation<Void, Never>?

  init(_ feed: Feed<Entry>, _ hub: FeedHub<Entry>, _ machine: FeedMachine<Entry>) {
    self.feed = feed
    self.hub = hub
    self.machine = machine
    loop = hub.loop
    incarnation = hub.incarnation
    delivered = machine.cursor
  }

  func open() {
    hub.insert(self, for: machine.topic)
    feed.watcherOpened()
  }

  func close() {
    hub.remove(self, from: machine.topic)
    feed.watcherClosed()
    wake()
  }

  func next() async throws(RPCError) -> FeedElement<Entry> {
    loop.assertOnLoop()
    while true {
      if Task.isCancelled { throw failure(.cancelled, reason: nil, message: "the call was cancelled") }
      if hub.isDeleted(machine.topic.project) { throw .projectDeleted(machine.topic.project.text) }
      if hub.isDraining {
        throw failure(.unavailable, reason: .shuttingDown, message: "the server is stopping")
      }
      if hub.incarnation != incarnation {
        throw failure(
          .unavailable, reason: .databaseUnavailable, message: "the database was put back to an older state")
      }
      if let element = ready.popFirst() {
        note(element)
        return element
      }
      try await prepare()
    }
  }

  /// What can be had without waiting.
  func takeReady(atMost limit: Int) -> [FeedElement<Entry>] {
    loop.assertOnLoop()
    let taken = Array(ready.prefix(limit))
    ready = ready.dropFirst(limit)
    taken.last.map(note)
    return taken
  }

  private func prepare() async throws(RPCError) {
    guard hub.isPrimed else { return await suspend() }
    let wasReminded = isReminded
    isReminded = false
    switch machine.next(hub.recent, isReminded: wasReminded) {
    case .deliver(let elements): ready = elements[...]
    case .wait:
      if hub.recent.through < machine.present { hub.wake(self, at: machine.present) }
      await suspend()
    case .read(let cursor, let through):
      do throws(RPCError) {
        let page = try await feed.page(machine.topic, after: cursor, through: through)
        try await feed.checkNotPruned(cursor, in: machine.topic.project)
        // A journal that went back meanwhile has other rows at these positions.
        guard hub.incarnation == incarnation else { return }
        ready = machine.take(page: page.rows, limit: page.limit, through: through)[...]
      } catch { throw located(error) }
    }
  }

  // MARK: Waiting

  private func suspend() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if Task.isCancelled { continuation.resume() } else { self.continuation = continuation }
      }
    } onCancel: {
      loop.execute { self.wake() }
    }
  }

  func wake() {
    let waiting = continuation
    continuation = nil
    waiting?.resume()
  }

  func remind() {
    isReminded = true
    wake()
  }

  // MARK: How far

  private func note(_ element: FeedElement<Entry>) {
    switch element {
    case .row(let row): delivered = row.cursor
    case .caughtUp(let position), .checkpoint(let position): delivered = .after(position)
    }
  }

  private func failure(_ code: StatusCode, reason: ErrorReason?, message: String) -> RPCError {
    guard let reason else { return RPCError(code, message) }
    return RPCError(code, reason, message, particulars)
  }

  private func located(_ error: RPCError) -> RPCError {
    guard let reason = error.reason else { return error }
    return RPCError(error.code, reason, error.message, particulars)
  }

  /// Where the next feed should start.
  private var particulars: [String: String] {
    var particulars = ["position": String(delivered.position)]
    if !delivered.isBorder { particulars["ordinal"] = String(delivered.ordinal) }
    return particulars
  }
}
