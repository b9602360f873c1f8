/// The answers that handlers of one connection are about to make: how many, and how large they will be, as far as
/// those before them tell. Pure.
///
/// An answer that the peer has no room for was made in vain: so before a handler begins with what costs others
/// something, it waits until what is queued and what is expected has room in half of the limit. One may always begin
/// while that half is not full.
struct ExpectedAnswers {
  /// Of an answer of which nothing is known yet.
  private static let unknownSize = 256 << 10
  /// How many answers before this one count, about.
  private static let memory = 8

  private(set) var count = 0
  /// Bytes of an answer, on an average that moves on.
  private(set) var typicalSize = Self.unknownSize

  /// - Parameters:
  ///   - queued: Bytes that the peer has not taken yet.
  ///   - limit: Bytes that may be queued.
  func admits(queued: Int, limit: Int) -> Bool {
    queued <= limit / 2 && (count == 0 || (count + 1) * typicalSize <= limit / 2 - queued)
  }

  mutating func begin() { count += 1 }

  /// One is made, or never will be.
  ///
  /// - Parameter size: In bytes; nil when there is none.
  mutating func end(size: Int?) {
    count -= 1
    if let size { typicalSize += (size - typicalSize) / Self.memory }
  }
}

extension HTTP2Connection {
  /// Lets those go on that wait until there is room for their answers, longest first.
  func admitAnswers() {
    while !isClosed, let stream = awaitingRoom.first {
      guard !stream.awaitsRoomForAnswer || admitsAnswer else { return }
      _ = awaitingRoom.popFirst()
      guard stream.awaitsRoomForAnswer else { continue }
      stream.awaitsRoomForAnswer = false
      begin(stream)
      stream.roomForAnswerCame()
    }
  }

  fileprivate var admitsAnswer: Bool { expected.admits(queued: held.queued, limit: held.queueLimit) }

  fileprivate func begin(_ stream: HTTP2Stream) {
    stream.makesAnswer = true
    expected.begin()
  }

  /// Has no answer to wait for any more.
  func forgetAnswer(of stream: HTTP2Stream) {
    stream.awaitsRoomForAnswer = false
    if stream.makesAnswer { ended(stream, size: nil) }
  }

  fileprivate func ended(_ stream: HTTP2Stream, size: Int?) {
    stream.makesAnswer = false
    expected.end(size: size)
    admitAnswers()
  }

  fileprivate func append(_ stream: HTTP2Stream) {
    // Those that have ended meanwhile are still in the line.
    if awaitingRoom.count > 2 * streamCount + 16 { awaitingRoom.removeAll { !$0.awaitsRoomForAnswer } }
    stream.awaitsRoomForAnswer = true
    awaitingRoom.append(stream)
  }
}

extension HTTP2Stream {
  /// Whether the peer has room for an answer. If not, ``roomForAnswerCame()`` follows.
  package final func beginAnswer() -> Bool {
    guard let connection, !makesAnswer, !awaitsRoomForAnswer else { return !awaitsRoomForAnswer }
    if connection.awaitingRoom.isEmpty, connection.admitsAnswer {
      connection.begin(self)
      return true
    }
    connection.append(self)
    return false
  }

  /// The answer was queued.
  ///
  /// - Parameter size: In bytes; nil when there is none.
  package final func answerMade(size: Int?) {
    guard let connection else { return }
    if makesAnswer { connection.ended(self, size: size) }
    if awaitsRoomForAnswer {
      // It has ended while it waited.
      awaitsRoomForAnswer = false
      connection.admitAnswers()
    }
  }
}
