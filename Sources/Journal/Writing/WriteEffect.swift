/// What becomes of a write once it has been made.
package enum WriteEffect: Sendable {
  /// It is committed.
  case kept
  /// It is rolled back: its caller only asks what it would come to (AIP-163). It locks, decides, draws and writes as any
  /// other and holds its locks as long, but shares no commit, keeps no answer, and has no stamp.
  case takenBack
}
