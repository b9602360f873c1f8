/// How the connections of a process are divided, so that nobody can take those that others live on. Pure.
///
/// Look-ups have one connection a loop; the server's own upkeep, such as the ticker that settles positions, has one;
/// everything else shares the rest, of which long reads may hold at most half, and the writes of one project almost the
/// other half: both together leave one where there are three. Below four connections all of it is shared: there is
/// nothing to divide.
struct ConnectionShares: Equatable {
  /// Loops that have connections. Calls from other loops hop to one of them.
  let loops: Int
  /// Connections for look-ups in all; zero when look-ups share the general ones.
  let lookups: Int
  /// Connections of upkeep; zero when it shares those of look-ups.
  let upkeep: Int
  /// Connections that everything else shares.
  let general: Int
  /// How many of the general ones long reads may hold at once.
  let longReads: Int
  /// How many of them the writes of one project may hold at once, which may wait for rows.
  let writesOfProject: Int

  init(maximum: Int, loops available: Int) {
    let maximum = max(1, maximum)
    guard maximum >= 4 else {
      loops = min(available, maximum)
      lookups = 0
      upkeep = 0
      general = maximum
      longReads = maximum
      writesOfProject = maximum
      return
    }
    loops = min(available, (maximum - 1) / 2)
    lookups = loops
    upkeep = 1
    general = maximum - lookups - upkeep
    longReads = max(1, general / 2)
    writesOfProject = max(1, general - longReads - 1)
  }

  /// How many connections of each kind are kept open when `minimum` are to be in all.
  func minimums(of minimum: Int) -> (lookups: Int, upkeep: Int, general: Int) {
    let lookups = min(minimum, self.lookups)
    let general = min(minimum - lookups, self.general)
    return (lookups, min(minimum - lookups - general, upkeep), general)
  }
}
