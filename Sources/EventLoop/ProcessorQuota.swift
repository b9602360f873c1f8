import Glibc

/// How much of the machine's processors a control group leaves to the process (Linux: cgroups(7)). A quota is processor
/// time, so more threads than it has processors make each other wait.
package enum ProcessorQuota {
  /// Where the quotas of a group and of those around it stand, by the text of `/proc/self/cgroup`. Version 2 has one
  /// hierarchy, version 1 one for processor time. In a container the group's path may be that of the host and not exist.
  static func folders(_ text: String) -> [String] {
    var folders: [String] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let root: String
      if parts[1].isEmpty {
        root = "/sys/fs/cgroup"
      } else if parts[1].split(separator: ",").contains("cpu") {
        root = "/sys/fs/cgroup/\(parts[1])"
      } else {
        continue
      }
      var path = parts[2].split(separator: "/")
      while true {
        folders.append(([root[...]] + path).joined(separator: "/"))
        if path.popLast() == nil { break }
      }
    }
    return folders
  }

  /// Processors by the text of a `cpu.max`: microseconds of processor time, or `max`, in a period of microseconds. Nil
  /// for no quota, and for what is none.
  static func parse(_ text: String) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let quota = words.first.flatMap({ Int64($0) }), quota > 0 else { return nil }
    guard let period = words.count == 1 ? 100_000 : Int64(words[1]), period > 0 else { return nil }
    return Double(quota) / Double(period)
  }

  /// Threads that make use of `usable` processors under a quota: a part of a processor needs a thread, too.
  package static func threads(usable: Int, quota: Double?) -> Int {
    guard let quota, quota < Double(usable) else { return max(1, usable) }
    return max(1, Int(quota.rounded(.up)))
  }

  /// The least quota of this process; nil for none. **Blocks** while a few small files are read.
  package static var current: Double? {
    folders(contents("/proc/self/cgroup") ?? "").compactMap { folder in
      if let text = contents(folder + "/cpu.max") { return parse(text) }
      guard let quota = contents(folder + "/cpu.cfs_quota_us"),
        let period = contents(folder + "/cpu.cfs_period_us")
      else { return nil }
      return parse(quota + " " + period)
    }.min()
  }

  private static func contents(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
  }
}
