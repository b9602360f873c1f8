import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// Makes the frames of a replay, one step after the other: the snapshot with which it begins, then each event with the
/// snapshots around it, then the snapshot with which it ends. Holds a page of events and two states, however long it is.
struct ReplayReader {
  private enum Phase { case unopened, open, ended }

  let store: ReplayStore
  let project: ProjectID
  private(set) var window: ReplayWindow
  let filter: ReplayFilter
  let call: CallContext

  /// The place of the last event that was looked at, or before the first.
  private(set) var last: Int64
  /// How many events were looked at, and snapshots made.
  private(set) var events: Int64 = 0
  private(set) var snapshots: Int64 = 0
  /// What is wrong with them.
  private(set) var findings = ReplayFindings()

  private var phase = Phase.unopened
  private var page: ArraySlice<SessionEvent> = []
  /// When the last event happened; nil when none was looked at.
  private var lastTime: Int64?
  /// The place of the last snapshot, and the session then: what deltas are against.
  private var base: (sequence: Int64, state: ReplayState)
  /// The session behind the last event, as far as events tell it.
  private var state: ReplayState

  init(
    _ window: ReplayWindow, _ filter: ReplayFilter, from store: ReplayStore, in project: ProjectID,
    _ call: CallContext
  ) {
    (self.window, self.filter, self.store, self.project, self.call) = (window, filter, store, project, call)
    last = window.opening
    state = ReplayState(state: .unspecified, agents: [])
    base = (window.opening, state)
  }

  /// The frames of the next step, in their order: none where the filter lets none pass. Nil at the end.
  mutating func step() async throws(RPCError) -> [ReplayFrame]? {
    switch phase {
    case .unopened: return try await open()
    case .open:
      guard let event = try await next() else { return try await end() }
      return try await take(event)
    case .ended: return nil
    }
  }

  /// Lets go of the events that were read ahead: they are read again.
  mutating func letGo() { page = [] }

  /// Goes on behind an event that was looked at before.
  mutating func resume(behind sequence: Int64) async throws(RPCError) {
    phase = .open
    last = sequence
    if sequence > window.opening {
      lastTime = try await store.time(ofEventFrom: sequence, of: window.session, in: project)
    }
    let place = try await lastSnapshot(upTo: sequence)
    base = (place, ReplayState(try await snapshot(.events, behind: place)))
    state =
      place == sequence ? base.state : ReplayState(try await snapshot(.events, behind: sequence))
  }

  // MARK: Steps

  private mutating func open() async throws(RPCError) -> [ReplayFrame] {
    phase = .open
    let snapshot = try await snapshot(.initial, behind: window.opening)
    state = ReplayState(snapshot)
    base = (window.opening, state)
    let time: Int64
    if window.from == window.origin {
      time = window.start
    } else {
      time = try await self.next(keeping: true)?.time ?? window.start
    }
    return frames(of: snapshot, at: time, delta: nil)
  }

  private mutating func take(_ event: SessionEvent) async throws(RPCError) -> [ReplayFrame] {
    let time = event.time
    var frames: [ReplayFrame] = []
    if let lastTime, base.sequence != last, window.period(of: lastTime) < window.period(of: time) {
      frames += try await look(
        .period, at: window.beginning(ofPeriod: window.period(of: lastTime) + 1))
    }
    findings.follow(event.sequence, after: last)
    let (step, contradictions) = state.apply(event)
    findings.add(contradictions)
    if step == .restored || event.sequence == window.shared {
      state = ReplayState(try await snapshot(.events, behind: event.sequence))
    }
    (last, lastTime) = (event.sequence, time)
    events += 1
    if filter.matches(event) {
      var frame = ReplayFrame()
      frame.sequence = event.sequence
      frame.time = WellKnown.Timestamp(microseconds: time)
      frame.content = .event(event)
      if step != .nothing { frame.delta = ReplayDelta(from: base.state, to: state, comparesMetadata: false) }
      frames.append(frame)
    }
    if window.isCounted(last) { frames += try await look(.events, at: time) }
    return frames
  }

  private mutating func end() async throws(RPCError) -> [ReplayFrame]? {
    phase = .ended
    findings.missing(upTo: window.to, after: last)
    guard let lastTime, base.sequence != last else { return nil }
    return try await look(.final, at: lastTime)
  }

  /// The snapshot behind the last event, which events must have led to.
  private mutating func look(
    _ kind: ReplaySnapshot.Kind, at time: Int64
  ) async throws(RPCError) -> [ReplayFrame] {
    let snapshot = try await snapshot(kind, behind: last)
    let stored = ReplayState(snapshot)
    if let contradiction = state.contradiction(of: stored, after: last) { findings.add(contradiction) }
    let delta = ReplayDelta(from: base.state, to: stored, comparesMetadata: true)
    base = (last, stored)
    state = stored
    return frames(of: snapshot, at: time, delta: delta)
  }

  private mutating func frames(
    of snapshot: ReplaySnapshot, at time: Int64, delta: ReplayDelta?
  ) -> [ReplayFrame] {
    snapshots += 1
    guard filter.hasSnapshots else { return [] }
    var frame = ReplayFrame()
    frame.sequence = snapshot.eventCount
    frame.time = WellKnown.Timestamp(microseconds: time)
    frame.content = .snapshot(snapshot)
    frame.delta = delta
    return [frame]
  }

  // MARK: Reading

  /// - Parameter isKept: Whether it comes again.
  private mutating func next(keeping isKept: Bool = false) async throws(RPCError) -> SessionEvent? {
    if page.isEmpty, last < window.to {
      page = try await store.events(from: last + 1, in: window, of: project, call)[...]
    }
    return isKept ? page.first : page.popFirst()
  }

  private func snapshot(
    _ kind: ReplaySnapshot.Kind, behind sequence: Int64
  ) async throws(RPCError) -> ReplaySnapshot {
    try await store.snapshot(
      kind, behind: sequence, at: sequence == window.opening ? window.openingPosition : nil,
      of: window.session, in: project, call)
  }

  /// The place of the last snapshot behind or before an event that was looked at.
  private func lastSnapshot(upTo sequence: Int64) async throws(RPCError) -> Int64 {
    var place = max(window.opening, window.lastCounted(upTo: sequence) ?? 0)
    guard let lastTime, place < sequence else { return place }
    let period = window.period(of: lastTime)
    if period > 0 {
      let before = try await store.sequence(
        at: window.beginning(ofPeriod: period) - 1, in: window.narrowed(to: sequence), of: project)
      place = max(place, before)
    }
    return place
  }
}

extension SessionEvent {
  /// When it was appended, in microseconds since 1970.
  fileprivate var time: Int64 { provenance?.time?.microseconds ?? 0 }
}
