// Runs libFuzzer on the target that CAIRN_FUZZ_TARGET names; see Tests/Fuzz/run.

import FuzzTargets
import Glibc

typealias Body = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>, _ body: Body
) -> CInt

let wanted = getenv("CAIRN_FUZZ_TARGET").map { String(cString: $0) }
nonisolated(unsafe) var target = FuzzTarget.all[0]
guard let found = FuzzTarget.all.first(where: { $0.name == wanted }) else {
  print("CAIRN_FUZZ_TARGET must be one of: " + FuzzTarget.all.map(\.name).joined(separator: " "))
  exit(64)
}
target = found
var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(runDriver(&count, &arguments, { testOneInput($0, $1) }))

/// libFuzzer's own `main`, which is linked though not run, refers to it by this name.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  if let problem = target.problem([UInt8](UnsafeBufferPointer(start: bytes, count: size))) {
    fatalError(problem)
  }
  return 0
}
