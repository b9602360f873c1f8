import Glibc

/// How many times as long as usual a test waits for what has to happen: what CAIRN_TEST_SLOWNESS says, else 1.
///
/// A program that was built with a sanitizer is several times slower, see Tests/run-sanitized; so is every program on
/// a busy machine.
package let patience = slowness(from: getenv("CAIRN_TEST_SLOWNESS").map { String(cString: $0) })

/// The number that `text` says, fractions too; 1 where it is none that times can be multiplied by.
package func slowness(from text: String?) -> Double {
  guard let number = text.flatMap(Double.init), number.isFinite, number > 0 else { return 1 }
  return number
}
