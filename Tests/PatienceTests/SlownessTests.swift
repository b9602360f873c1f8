import Patience
import Testing

@Suite("How slow a machine is")
struct SlownessTests {
  @Test(
    "is a number, with a fraction or without",
    arguments: [
      ("4", 4), ("1.5", 1.5), ("0.5", 0.5), (nil, 1), ("", 1), ("fast", 1), ("0", 1), ("-2", 1), ("inf", 1),
      ("nan", 1),
    ] as [(String?, Double)])
  func table(text: String?, times: Double) { #expect(slowness(from: text) == times) }
}
