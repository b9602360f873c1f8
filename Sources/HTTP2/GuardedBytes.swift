import Glibc

/// Memory that ends where a page begins which nobody may touch: what runs over its end stops the process at once and
/// leaves the memory of others as it is.
enum GuardedBytes {
  /// - Parameter byteCount: A multiple of the system's page size.
  static func allocate(byteCount: Int) -> UnsafeMutableRawBufferPointer {
    let page = sysconf(Int32(_SC_PAGESIZE))
    precondition(byteCount > 0 && byteCount % page == 0, "a guarded buffer has whole pages")
    let memory = mmap(nil, byteCount + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED, mprotect(memory + byteCount, page, PROT_NONE) == 0 else {
      preconditionFailure("no memory for a buffer: errno \(errno)")
    }
    return UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
  }

  static func deallocate(_ bytes: UnsafeMutableRawBufferPointer) {
    munmap(bytes.baseAddress, bytes.count + sysconf(Int32(_SC_PAGESIZE)))
  }
}
