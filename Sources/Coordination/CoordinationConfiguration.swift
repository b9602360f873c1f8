/// Settings of coordination.
package struct CoordinationConfiguration: Sendable {
  /// How often the server looks for what nobody told it of: tasks that are due, late or to be given out.
  package var sweepInterval = Duration.seconds(5)
  /// How often the server looks for agents that are silent. Where they are dead after a shorter silence it looks more often.
  package var deathInterval = Duration.seconds(2)
  /// How often the server adds what happened to the sums that figures are made of.
  package var rollupInterval = Duration.seconds(10)
  /// Told what goes wrong in the background.
  package var warn: @Sendable (String) -> Void = { _ in }

  package init() {}
}
