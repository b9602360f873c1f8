import Glibc

/// How many times as long as usual a test waits for what has to happen: what CAIRN_TEST_SLOWNESS says, else 1.
///
/// A program that was built with a sanitizer is several times slower, see Tests/run-sanitized.
package let patience = getenv("CAIRN_TEST_SLOWNESS").flatMap { Int(String(cString: $0)) } ?? 1
