/// Settings of coordination.
package struct CoordinationConfiguration: Sendable {
  /// How often the server looks for what nobody told it of: tasks that are due, late or to be given out.
  package var sweepInterval = Duration.seconds(5)
  /// Told what goes wrong in the background.
  package var warn: @Sendable (String) -> Void = { _ in }

  package init() {}
}
