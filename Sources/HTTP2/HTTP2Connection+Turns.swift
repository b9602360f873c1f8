import EventLoop

// Who may be sent more while the connection holds much: one stream at a time.
extension HTTP2Connection {
  /// How long streams wait at most for handlers to let go of something.
  private static let patience = Duration.seconds(1)

  /// Whether `stream` must wait for others before it may be sent more.
  func holdsBack(_ stream: HTTP2Stream) -> Bool {
    guard held.isReceivingTight, stream.heldBytes > 0 else { return false }
    if favored == 0, held.admitsTurn { favored = stream.id }
    guard favored != stream.id else { return false }
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
    if let oldest {
      favored = oldest.id
      giveWindow(to: oldest)
    }
  }

  /// Handlers have kept what they work on for so long that they may do so for ever: the stream that waits longest gets
  /// its window all the same. Its message is refused when it has no room.
  func giveTurnInTime() {
    guard heldBackCount > 0, !isClosed else { return }
    if favored == 0 {
      var oldest: HTTP2Stream?
      forEachStream { if $0.isHeldBack { oldest = $0 } }
      if let oldest {
        favored = oldest.id
        giveWindow(to: oldest)
      }
    }
    if heldBackCount > 0 { loop.schedule(turnTimer, after: Self.patience) }
  }

  private func giveWindow(to stream: HTTP2Stream) {
    stream.isHeldBack = false
    heldBackCount -= 1
    stream.returnWindow()
  }
}
