/// Settings of sessions.
package struct SessionConfiguration: Sendable {
  /// How long a session lives after its last event, when its creator does not say it; zero for ever.
  package var ttl = Duration.seconds(3_600)
  /// How long a session lives on when its last agent has left.
  package var grace = Duration.seconds(300)
  /// How many events a session may have, when its creator does not say it.
  package var maxEvents: Int64 = 1_000_000
  /// How often the server looks for sessions that have expired.
  package var sweepInterval = Duration.seconds(10)
  /// How often the server adds what was appended to the sums that figures are made of.
  package var rollupInterval = Duration.seconds(10)
  /// How long figures are kept of sessions that have ended, and of times that have passed; zero for ever.
  package var figuresRetention = Duration.seconds(90 * 86_400)
  /// Told what goes wrong in the background.
  package var warn: @Sendable (String) -> Void = { _ in }

  package init() {}
}
