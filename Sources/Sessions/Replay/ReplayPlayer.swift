import CairnAPI
import EventLoop
import GRPC
import Journal
import Requests
import Wire

/// Plays one replay: sends its frames when they are due, and does what its client says meanwhile.
struct ReplayPlayer {
  private let plan: ReplayPlan
  private let controls: ReplayControls
  private let responses: ResponseWriter<PlayReplayResponse>
  private let call: CallContext
  /// All that may be played, wherever it is.
  private let window: ReplayWindow

  private var reader: ReplayReader
  private var pace: ReplayPace
  /// Made and not yet sent: those of one step.
  private var frames: ArraySlice<ReplayFrame> = []
  private var status = PlaybackStatus()

  /// How long it waits without a look at whether it may go on.
  private static let longestWait = Duration.seconds(1)

  init(
    _ plan: ReplayPlan, _ reader: ReplayReader, _ controls: ReplayControls,
    _ responses: ResponseWriter<PlayReplayResponse>, _ call: CallContext
  ) {
    (self.plan, self.reader, self.controls, self.responses) = (plan, reader, controls, responses)
    (self.call, window, pace) = (call, reader.window, plan.pace)
  }

  /// Until the end, or until the client says so.
  mutating func play() async throws(RPCError) {
    try await open(from: window.from)
    if plan.isPaused {
      pace.pause(at: .now)
      try await tell(.paused)
    }
    while true {
      if let command = try controls.next() {
        if try await !obey(command) { return }
        continue
      }
      try await check()
      if pace.isPaused {
        reader.letGo()
        await controls.wait(atMost: Self.longestWait)
      } else if let frame = frames.first {
        try await sendWhenDue(frame)
      } else if let step = try await reader.step() {
        frames = step[...]
      } else {
        return try await tell(.completed)
      }
    }
  }

  /// Begins at an event, and sends the snapshot there.
  private mutating func open(from sequence: Int64) async throws(RPCError) {
    reader = ReplayReader(
      window.narrowed(from: sequence), plan.filter, from: reader.store, in: reader.project, call)
    status.sequence = reader.last
    pace.jump()
    frames = []
    for frame in try await reader.step() ?? [] { try await send(frame) }
  }

  private mutating func sendWhenDue(_ frame: ReplayFrame) async throws(RPCError) {
    let wait = (pace.dueTime(of: frame.time?.microseconds ?? 0) ?? .now) - .now
    if wait > .zero {
      // Not held by those who wait long.
      if wait > Self.longestWait { reader.letGo() }
      return await controls.wait(atMost: min(wait, Self.longestWait))
    }
    frames.removeFirst()
    try await send(frame)
  }

  private mutating func send(_ frame: ReplayFrame) async throws(RPCError) {
    pace.sent(frame.time?.microseconds ?? 0, at: .now)
    status.sequence = frame.sequence
    if case .event = frame.content { status.events += 1 } else { status.snapshots += 1 }
    var response = PlayReplayResponse()
    response.content = .frame(frame)
    try await responses.write(response)
  }

  private mutating func tell(_ kind: PlaybackStatus.Kind) async throws(RPCError) {
    status.kind = kind
    var response = PlayReplayResponse()
    response.content = .status(status)
    try await responses.write(response)
  }

  /// Returns whether it goes on.
  private mutating func obey(_ command: ReplayCommand) async throws(RPCError) -> Bool {
    switch command {
    case .pause:
      pace.pause(at: .now)
      try await tell(.paused)
    case .resume:
      pace.resume(at: .now)
      try await tell(.resumed)
    case .setSpeed(let speed):
      pace.speed = speed
      try await tell(.speedSet)
    case .seek(let sequence): try await seek(sequence)
    case .seekTime(let time):
      // The last event before that time.
      try await seek(
        try await reader.store.sequence(at: time - 1, in: window, of: reader.project) + 1)
    case .stop:
      try await tell(.stopped)
      return false
    }
    return true
  }

  private mutating func seek(_ sequence: Int64) async throws(RPCError) {
    status.sequence = window.narrowed(from: sequence).opening
    try await tell(.seeked)
    try await open(from: sequence)
  }

  /// Throws when the call, the project or the server ends.
  private func check() async throws(RPCError) {
    if Task.isCancelled { throw .callEnded }
    if reader.store.journal.isDraining {
      throw RPCError(
        .unavailable, .shuttingDown, "the server is stopping; go on behind event \(status.sequence)",
        ["sequence": String(status.sequence)])
    }
    try await reader.store.journal.require(reader.project, on: call.loop)
  }
}
