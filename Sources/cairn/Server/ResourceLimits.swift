import CLinux
import Glibc

/// What the system lets the process have.
enum ResourceLimits {
  /// A connection is a descriptor: takes as many as the system gives without asking an administrator.
  static func raiseDescriptors() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Large messages go back to the system when they are freed. By itself glibc raises the size from which it
  /// does so with the first large one that is freed, and a server that was busy once stays large for good.
  static func giveBackMemory() {
    mallopt(M_MMAP_THRESHOLD, 128 << 10)
    mallopt(M_TRIM_THRESHOLD, 1 << 20)
  }
}
