/// What is written around a declaration. Each line starts as it does behind `//`, often with a space.
package struct SchemaComments: Sendable, Hashable {
  /// Directly above.
  package var leading: String?
  /// Behind it on its line, or directly below.
  package var trailing: String?
  /// Paragraphs above, separated by empty lines.
  package var leadingDetached: [String] = []

  package init() {}
}
