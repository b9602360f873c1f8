import CairnAPI
import Journal
import Postgres
import Requests
import Wire

extension WellKnown.Timestamp {
  /// The time of a write that has not drawn its position yet: it is put in when it has, by ``Session/stamped(_:)``.
  static let ofTheWrite = WellKnown.Timestamp()

  /// So long after the write.
  static func afterTheWrite(microseconds: Int64) -> WellKnown.Timestamp {
    WellKnown.Timestamp(microseconds: microseconds)
  }

  /// A time of the first ten years after 1970, in which there were no sessions, counts from the write.
  fileprivate func stamped(_ at: PostgresTimestamp) -> WellKnown.Timestamp {
    if seconds > Limits.ttlSeconds { return self }
    return WellKnown.Timestamp(microseconds: at.microseconds + microseconds)
  }

  fileprivate var isFromTheWrite: Bool { seconds <= Limits.ttlSeconds }
}

extension Session {
  /// The session after a write that has drawn its position; position 0 stands for that one.
  func stamped(_ stamp: Stamp) -> Session {
    var session = self
    if position == 0 {
      session.position = stamp.position
      session.etag = Etag.text(stamp.position)
    }
    session.createTime = createTime?.stamped(stamp.at)
    session.updateTime = updateTime?.stamped(stamp.at)
    session.deleteTime = deleteTime?.stamped(stamp.at)
    session.endTime = endTime?.stamped(stamp.at)
    session.lastEventTime = lastEventTime?.stamped(stamp.at)
    session.expireTime = expireTime?.stamped(stamp.at)
    return session
  }

  /// The session as the answer to a request with `validate_only` has it: without what only a write gives.
  ///
  /// - Parameter stored: What is there; nil when there is nothing.
  func told(over stored: Session?) -> Session {
    func told(_ time: WellKnown.Timestamp?) -> WellKnown.Timestamp? {
      time.flatMap { $0.isFromTheWrite ? nil : $0 }
    }
    var session = self
    session.version = stored?.version ?? 0
    session.etag = stored?.etag ?? ""
    session.position = stored?.position ?? 0
    session.createTime = told(createTime)
    session.updateTime = stored?.updateTime
    session.deleteTime = told(deleteTime)
    session.endTime = told(endTime)
    session.lastEventTime = told(lastEventTime)
    session.expireTime = told(expireTime)
    return session
  }
}

extension SessionStep {
  /// When the session expires afterwards. Grace that ends later than the session does changes nothing.
  ///
  /// - Parameter grace: Microseconds.
  func expiry(of stored: StoredSession, grace: Int64) -> Expiry {
    guard case .grace = expiry else { return expiry }
    guard let time = stored.session.expireTime else { return .kept }
    return PostgresTimestamp(time).microseconds <= stored.now.microseconds + grace ? .kept : .grace
  }

  /// The session as the write leaves it, for ``Session/stamped(_:)``.
  func planned(over stored: StoredSession, grace: Int64) -> Session {
    var planned = session
    if action != nil {
      planned.version = stored.session.version + 1
      planned.position = 0
      planned.etag = ""
      planned.updateTime = .ofTheWrite
    }
    planned.lastSequence = stored.session.lastSequence + Int64(events.count)
    if !events.isEmpty { planned.lastEventTime = .ofTheWrite }
    switch expiry(of: stored, grace: grace) {
    case .kept: planned.expireTime = stored.session.expireTime
    case .renewed: planned.expireTime = session.livesFor.map { .afterTheWrite(microseconds: $0) }
    case .grace: planned.expireTime = .afterTheWrite(microseconds: grace)
    }
    return planned
  }
}

extension Session {
  /// Its `ttl` in microseconds; nil: for ever.
  var livesFor: Int64? {
    guard let ttl, ttl.microseconds > 0 else { return nil }
    return ttl.microseconds
  }
}
