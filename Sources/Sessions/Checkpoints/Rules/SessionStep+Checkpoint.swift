import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// A checkpoint that may be made.
struct CheckpointDraft {
  var id = "cp-" + UUID128.makeVersion7().description
  var kind = SessionCheckpoint.Kind.manual
  var title = ""
  /// Who makes it; empty for nobody in particular.
  var agent = ""
}

extension SessionStep {
  /// The same with a checkpoint of what comes of it. Where a CHECKPOINT is among its events, the last one tells of it;
  /// otherwise one is appended, but for a checkpoint that is made by itself.
  func marked(_ draft: CheckpointDraft, over stored: StoredSession) -> SessionStep {
    var step = self
    let summary = CheckpointSummary(of: events.reversed().map { EventEffect($0) } + stored.recent)
    if draft.kind != .automatic {
      var place = events.lastIndex { $0.type == .checkpoint } ?? events.endIndex
      if place == events.endIndex {
        var event = SessionEvent()
        event.type = .checkpoint
        event.agent = draft.agent
        step.events.append(event)
        place = step.events.endIndex - 1
      }
      step.events[place].checkpoint = draft.id
      step.events[place].outcome = summary.outcome
    }
    step.session.checkpoint = draft.id
    step.action = action ?? "checkpointed"
    var checkpoint = SessionCheckpoint()
    checkpoint.id = draft.id
    checkpoint.session = session.id
    checkpoint.kind = draft.kind
    checkpoint.title = draft.title
    checkpoint.sequence = stored.session.lastSequence + Int64(step.events.count)
    checkpoint.agent = draft.agent
    checkpoint.state = session.state
    checkpoint.agents = session.agents
    checkpoint.outcome = summary.outcome
    checkpoint.keyImpacts = summary.keyImpacts
    checkpoint.performanceDelta = summary.performanceDelta
    step.checkpoint = checkpoint
    return step
  }

  /// The same with the checkpoint that is made by itself, where the log has grown past a multiple of the interval.
  func markedIfDue(over stored: StoredSession) -> SessionStep {
    let last = stored.session.lastSequence
    guard CheckpointInterval.isPassed(session.checkpointInterval, from: last, by: events.count) else {
      return self
    }
    return marked(CheckpointDraft(kind: .automatic), over: stored)
  }
}

/// When checkpoints are made by themselves.
enum CheckpointInterval {
  /// - Parameters:
  ///   - interval: 0 for never.
  ///   - last: The last place before `count` more.
  static func isPassed(_ interval: Int32, from last: Int64, by count: Int) -> Bool {
    let interval = Int64(interval)
    return interval > 0 && (last + Int64(count)) / interval > last / interval
  }
}

extension StoredSession {
  /// A checkpoint of the session as it is.
  func marked(_ draft: CheckpointDraft) throws(RPCError) -> SessionStep {
    try checkOpen()
    try checkMember(draft.agent)
    return SessionStep(session: session, expiry: .renewed).marked(draft, over: self)
  }

  /// The session with the values that it had at a checkpoint.
  ///
  /// - Parameters:
  ///   - past: The session as of the checkpoint's position.
  ///   - agent: Who restores it; empty for nobody in particular.
  func restored(
    to past: Session, at checkpoint: String, by agent: String, etag: String
  ) throws(RPCError) -> SessionStep {
    try checkOpen()
    try check(etag: etag)
    try checkMember(agent)
    var session = session
    session.title = past.title
    session.owner = past.owner
    session.state = past.state
    session.agents = past.agents
    session.metadata = past.metadata
    session.ttl = past.ttl
    session.maxEvents = past.maxEvents
    session.checkpointInterval = past.checkpointInterval
    var event = SessionEvent()
    event.type = .restored
    event.agent = agent
    event.checkpoint = checkpoint
    return SessionStep(session: session, action: "restored", events: [event], expiry: .renewed)
  }
}

extension SessionCheckpoint {
  /// The checkpoint after a write that has drawn its position.
  func stamped(_ stamp: Stamp) -> SessionCheckpoint {
    var checkpoint = self
    checkpoint.position = stamp.position
    checkpoint.createTime = WellKnown.Timestamp(stamp.at)
    return checkpoint
  }

  /// What the ids of holds of checkpoints begin with.
  static let holdPrefix = "session-checkpoint/"

  /// The hold that keeps its state from being pruned.
  var holdID: String { Self.holdPrefix + id }
}
