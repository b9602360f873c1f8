import CLinux

/// Memory that was freed and that the allocator keeps for later.
package enum FreedMemory {
  /// Gives whole free pages back to the system, of the threads' own heaps as well. The other threads allocate meanwhile,
  /// but one that wants the heap under work waits: some milliseconds for each 100 MB that are given back. Not for a loop.
  package static func giveBack() { _ = malloc_trim(0) }
}
