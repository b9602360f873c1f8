/// What follows a body.
package enum Trailers {
  case none
  case fields(StaticFields)
  case block(HeaderBlock)

  var isNone: Bool { if case .none = self { true } else { false } }
}
