import CNghttp2
import EventLoop

/// What is done for a connection by the clock: asks a silent peer, bears or refuses its PINGs, ends what
/// is idle or old. One timer for all of it, which no call touches. Confined to the connection's loop.
final class ConnectionUpkeep: LoopTimer {
  private unowned(unsafe) let connection: HTTP2Connection
  private var keepalive: KeepaliveMachine?
  private var age: AgeMachine
  private var policy: PingPolicy
  /// Until when a client must have shown that it speaks HTTP/2; nil when that was looked at.
  private var settingsDue: Instant?

  init(_ connection: HTTP2Connection) {
    let configuration = connection.configuration
    let now = connection.loop.now
    self.connection = connection
    let isServer = connection.role == .server
    keepalive = configuration.keepaliveTime.map {
      KeepaliveMachine(
        time: $0, timeout: configuration.keepaliveTimeout,
        asksWithoutStreams: isServer || configuration.keepaliveWithoutStreams, now: now)
    }
    age = AgeMachine(
      maxIdle: configuration.maxConnectionIdle, maxAge: configuration.maxConnectionAge,
      grace: configuration.maxConnectionAgeGrace, jitter: .random(in: -1...1), now: now)
    policy = PingPolicy(
      minInterval: configuration.minPingInterval,
      permitsWithoutStreams: configuration.permitsPingsWithoutStreams)
    settingsDue = isServer ? configuration.handshakeTimeout.map { now + $0 } : nil
    super.init()
    arm()
  }

  private func arm() {
    let due = earliest(settingsDue, earliest(keepalive?.due, age.due))
    if let due { connection.loop.schedule(self, at: due) } else { connection.loop.cancel(self) }
  }

  private func earliest(_ one: Instant?, _ other: Instant?) -> Instant? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
  }

  override func fire() {
    let now = connection.loop.now
    if let due = settingsDue, due <= now {
      settingsDue = nil
      if !connection.hasHeardSettings { connection.refuseSilence() }
    }
    let openStreams = connection.streamCount
    if let due = age.due, due <= now {
      perform(age.handle(.due(idleSince: openStreams == 0 ? connection.idleSince : nil), at: now))
    }
    if let due = keepalive?.due, due <= now,
      let action = keepalive?.handle(
        .due(lastRead: connection.lastRead, openStreams: openStreams), at: now)
    {
      perform(action)
    }
    if !connection.isClosed { arm() }
  }

  /// A client's connection that nobody watches is watched again when it gets a call.
  func streamOpened() {
    guard keepalive?.state == .dormant else { return }
    _ = keepalive?.handle(.streamOpened(lastRead: connection.lastRead), at: connection.loop.now)
    arm()
  }

  /// The peer asks. True when it has asked too often.
  func pinged(hasSent: Bool) -> Bool {
    policy.pinged(at: connection.loop.now, openStreams: connection.streamCount, hasSent: hasSent) == .tooMany
  }

  private func perform(_ action: AgeMachine.Action) {
    switch action {
    case .none: break
    case .drain: connection.startDrain()
    case .close: connection.close()
    }
  }

  private func perform(_ action: KeepaliveMachine.Action) {
    switch action {
    case .none: break
    case .ping:
      connection.activity.keepalivesSent += 1
      connection.ping(PingPayload.keepalive)
    case .close: connection.close()
    }
  }
}

extension HTTP2Connection {
  func received(_ ping: nghttp2_ping) {
    if ping.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 {
      // The answer to a keepalive's question says nothing about the shutdown notice.
      if PingPayload.isDrain(ping) { apply(drain.handle(.heard(openStreams: streamCount))) }
    } else if role == .server {
      defer { hasSentSincePing = false }
      if upkeep?.pinged(hasSent: hasSentSincePing) == true { refusePings() }
    }
  }
}

/// Tells PINGs of different purposes apart.
enum PingPayload {
  static let keepalive: [UInt8] = Array("cairn-ka".utf8)
  static let drain: [UInt8] = Array("cairn-dr".utf8)
  static let tooMany: [UInt8] = Array("too_many_pings".utf8)

  static func isDrain(_ ping: nghttp2_ping) -> Bool {
    withUnsafeBytes(of: ping.opaque_data) { $0.elementsEqual(drain) }
  }

  /// Whether a GOAWAY is the answer to too many PINGs.
  static func isTooMany(_ goAway: nghttp2_goaway) -> Bool {
    goAway.error_code == HTTP2ErrorCode.enhanceYourCalm
      && UnsafeRawBufferPointer(start: goAway.opaque_data, count: goAway.opaque_data_len)
        .elementsEqual(tooMany)
  }
}
