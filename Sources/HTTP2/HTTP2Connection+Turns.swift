import EventLoop

// Who may be sent more while the connection holds much: one stream at a time.
extension HTTP2Connection {
  /// How long streams wait at most for handlers to let go of something; twice as long for the stream whose turn it is to
  /// send something.
  private static let patience = Duration.seconds(1)

  /// Whether `stream` must wait for others before it may be sent more.
  func holdsBack(_ stream: HTTP2Stream) -> Bool {
    guard held.isReceivingTight, stream.heldBytes > 0 else { return false }
    if favored == 0, held.admitsTurn { favored = stream.id }
    guard favored != stream.id else {
      isFavoredHeard = true
      return false
    }
    if !stream.isHeldBack { heldBackCount += 1 }
    stream.isHeldBack = true
    if !turnTimer.isScheduled { loop.schedule(turnTimer, after: Self.patience) }
    return true
  }

  /// Something that was received has been read, or its stream has ended.
  func released(_ stream: HTTP2Stream) {
    if favored == stream.id, stream.heldBytes == 0 { favored = 0 }
    guard heldBackCount > 0, !held.isReceivingTight || favored == 0 && held.admitsTurn else { return }
    var oldest: HTTP2Stream?
    forEachStream { stream in
      guard stream.isHeldBack else { return }
      // One that holds nothing any more waits for nobody.
      if held.isReceivingTight, stream.heldBytes > 0 { oldest = stream } else { giveWindow(to: stream) }
    }
    if let oldest { giveTurn(to: oldest) }
  }

  /// Handlers have kept what they work on, or the client of the stream whose turn it is has sent nothing, for so long that
  /// it may be so for ever: the stream that waits longest has its turn. Its message is refused when it has no room.
  func giveTurnInTime() {
    guard heldBackCount > 0, !isClosed else { return }
    if favored == 0 || !isFavoredHeard {
      var oldest: HTTP2Stream?
      forEachStream { if $0.isHeldBack { oldest = $0 } }
      if let oldest { giveTurn(to: oldest) }
    } else {
      isFavoredHeard = false
    }
    if heldBackCount > 0 { loop.schedule(turnTimer, after: Self.patience) }
  }

  private func giveTurn(to stream: HTTP2Stream) {
    favored = stream.id
    isFavoredHeard = true
    giveWindow(to: stream)
  }

  private func giveWindow(to stream: HTTP2Stream) {
    stream.isHeldBack = false
    heldBackCount -= 1
    stream.returnWindow()
  }
}
