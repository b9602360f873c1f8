import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension ReplayService {
  package func listFrames(
    _ request: ListFramesRequest, _ call: CallContext
  ) async throws(RPCError) -> ListFramesResponse {
    let project = try await journal.project(request.project, call)
    let list = try FrameList(validating: request, in: project.text, key: try await journal.tokenKey())
    let window = try await store.window(list.range, in: project)
    var reader = ReplayReader(window, list.filter, from: store, in: project, call)
    var skipped = 0
    if let place = list.place {
      try await reader.resume(behind: place.last)
      skipped = place.sent
    }
    var response = ListFramesResponse()
    var bytes = 0
    while true {
      let place = reader.last
      guard let frames = try await reader.step() else { break }
      for frame in frames.dropFirst(skipped) {
        let isFull =
          response.frames.count == list.pageSize
          || !response.frames.isEmpty && bytes + frame.answerBytes > Limits.answerBytes
        if isFull {
          response.nextPageToken = list.nextPageToken(window, behind: place, sent: skipped)
          return try await journal.naming(response)
        }
        bytes += frame.answerBytes
        skipped += 1
        response.frames.append(frame)
      }
      skipped = 0
      if reader.events >= Int64(Limits.framedEvents), reader.last < window.to {
        response.nextPageToken = list.nextPageToken(window, behind: reader.last, sent: 0)
        break
      }
    }
    return try await journal.naming(response)
  }

  package func validateReplay(
    _ request: ValidateReplayRequest, _ call: CallContext
  ) async throws(RPCError) -> ValidateReplayResponse {
    var violations = Violations()
    let range = ReplayRange(validating: request.source, at: "source", &violations)
    violations.entries(request.frames, at: "frames", atMost: Limits.validatedFrames)
    try violations.check()
    let project = try await journal.project(request.project, call)
    let window = try await store.window(range, in: project)
    if !request.frames.isEmpty {
      return try await validate(ReplayCopy(frames: request.frames), in: window, of: project, call)
    }
    let events = min(Limits.validatedEvents, Limits.validatedSnapshots * window.snapshotEvents)
    let part = window.narrowed(to: window.opening + events)
    var reader = ReplayReader(part, .all, from: store, in: project, call)
    while try await reader.step() != nil {}
    var response = ValidateReplayResponse(reader.findings)
    (response.events, response.snapshots) = (reader.events, reader.snapshots)
    response.nextSequence = part.to < window.to ? part.to + 1 : 0
    return response
  }

  /// Compares a copy with what is stored; what lies behind a gap of it only where that is not far.
  private func validate(
    _ copy: ReplayCopy, in window: ReplayWindow, of project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> ValidateReplayResponse {
    let bytes = copy.frames.count * Limits.quickBytes
    var (findings, events, snapshots) = try await store.log.blocking.work(on: bytes, for: call) {
      _ throws(RPCError) in (copy.findings(), copy.events, copy.snapshots)
    }
    var response = ValidateReplayResponse()
    (response.events, response.snapshots) = (Int64(events.count), Int64(snapshots.count))
    for sequence in events.keys.sorted() where sequence < window.from || sequence > window.to {
      events[sequence] = nil
      findings.add(ReplayFinding(.unknown, sequence, "there is no event \(sequence)"))
    }
    if let first = events.keys.min(), let last = events.keys.max() {
      let part = window.narrowed(from: first).narrowed(
        to: min(last, first + Int64(2 * Limits.validatedFrames)))
      var next = first
      while next <= part.to {
        let stored = try await store.events(from: next, in: part, of: project, call)
        guard let end = stored.last else { break }
        next = end.sequence + 1
        let given = stored.map { events[$0.sequence] }
        for (mine, theirs) in zip(stored, given) where theirs != nil && theirs != mine {
          findings.add(
            ReplayFinding(.different, mine.sequence, "event \(mine.sequence) is not what is stored"))
        }
      }
    }
    for snapshot in snapshots {
      try await compare(snapshot, in: window, of: project, &findings, call)
    }
    response.take(findings)
    return response
  }

  private func compare(
    _ given: ReplaySnapshot, in window: ReplayWindow, of project: ProjectID, _ findings: inout ReplayFindings,
    _ call: CallContext
  ) async throws(RPCError) {
    let place = given.eventCount
    guard (window.opening...window.to).contains(place) else {
      findings.add(ReplayFinding(.unknown, place, "there is no snapshot behind event \(place)"))
      return
    }
    let stored = try await store.snapshot(
      given.kind, behind: place, at: place == window.opening ? window.openingPosition : nil,
      of: window.session, in: project, call)
    if given.checksum != stored.checksum {
      findings.add(
        ReplayFinding(.different, place, "the snapshot behind event \(place) is not what is stored"))
    }
  }
}

extension ListFramesResponse: JournalAnswer {}

extension ValidateReplayResponse {
  fileprivate init(_ findings: ReplayFindings) {
    self.init()
    take(findings)
  }

  fileprivate mutating func take(_ findings: ReplayFindings) {
    valid = findings.count == 0
    self.findings = findings.listed
    findingCount = findings.count
  }
}

extension ReplayFrame {
  /// Bytes that it has in an answer, about.
  fileprivate var answerBytes: Int {
    let changed = (delta?.agentsAdded ?? []) + (delta?.agentsRemoved ?? [])
    let own = changed.reduce(200) { $0 + 4 + $1.utf8.count }
    switch content {
    case .event(let event): return own + event.serializedBytes().count
    case .snapshot(let snapshot): return own + snapshot.readBytes + 200
    case nil: return own
    }
  }
}
