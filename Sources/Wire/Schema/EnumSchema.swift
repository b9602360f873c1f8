/// Names and numbers of an enum.
public final class EnumSchema: Sendable {
  /// Full protobuf name.
  package let name: String
  private let names: [Int32: String]
  private let numbers: [TextKey: Int32]

  /// Values in the order of the `.proto` file; of several names for one number the first is written.
  package init(_ name: String, _ values: [(Int32, String)]) {
    self.name = name
    names = Dictionary(values, uniquingKeysWith: { first, _ in first })
    numbers = Dictionary(values.map { (TextKey($1), $0) }, uniquingKeysWith: { first, _ in first })
  }

  package func name(of number: Int32) -> String? { names[number] }

  package func number(of name: String) -> Int32? { numbers[name] }
}
