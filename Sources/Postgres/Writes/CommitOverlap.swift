/// Whether a batch of writes may begin while the one before it commits. Pure.
///
/// Where the disk is slow a commit is a long wait that needs no processor, and whoever came meanwhile would wait for it for
/// nothing. Where it is fast the next batch had better wait that moment: it has more members then, each of which takes less
/// of the database's processor. So it goes by what the last batches have taken.
struct CommitOverlap {
  /// Nanoseconds from sending a batch to its results, of late.
  private var running = 0.0
  /// Nanoseconds from its results to its sync, of late.
  private var committing = 0.0
  private var isKnown = false
  /// Of the newest batch in the mean.
  private static let weight = 1.0 / 8

  /// Until something is known nobody waits.
  var isWorthwhile: Bool { !isKnown || committing >= running }

  /// A batch is over; both are in nanoseconds.
  mutating func took(running: Int64, committing: Int64) {
    let weight = isKnown ? Self.weight : 1
    self.running += (Double(running) - self.running) * weight
    self.committing += (Double(committing) - self.committing) * weight
    isKnown = true
  }
}
