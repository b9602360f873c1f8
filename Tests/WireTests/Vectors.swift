import Wire

/// One message said twice: as Python that fills `m`, and in Swift.
struct Vector: Sendable, CustomStringConvertible {
  let python: String
  let fill: @Sendable (inout Everything) -> Void

  init(_ python: String, _ fill: @escaping @Sendable (inout Everything) -> Void) {
    self.python = python
    self.fill = fill
  }

  var description: String { python }

  var message: Everything { Everything.with { fill(&$0) } }
}

extension Vector {
  /// Fields without presence, with values at the edges of their types.
  static let singular: [Vector] = [
    Vector("m.one_double = 1.5") { $0.oneDouble = 1.5 },
    Vector("m.one_double = -0.0") { $0.oneDouble = -0.0 },
    Vector("m.one_double = inf") { $0.oneDouble = .infinity },
    Vector("m.one_double = 5e-324") { $0.oneDouble = .leastNonzeroMagnitude },
    Vector("m.one_float = 1.5") { $0.oneFloat = 1.5 },
    Vector("m.one_float = -0.0") { $0.oneFloat = -0.0 },
    Vector("m.one_float = -inf") { $0.oneFloat = -.infinity },
    Vector("m.one_float = 3.4e38") { $0.oneFloat = 3.4e38 },
    Vector("m.one_int32 = 1") { $0.oneInt32 = 1 },
    Vector("m.one_int32 = -1") { $0.oneInt32 = -1 },
    Vector("m.one_int32 = 2**31-1") { $0.oneInt32 = .max },
    Vector("m.one_int32 = -2**31") { $0.oneInt32 = .min },
    Vector("m.one_int64 = 1") { $0.oneInt64 = 1 },
    Vector("m.one_int64 = -1") { $0.oneInt64 = -1 },
    Vector("m.one_int64 = 2**63-1") { $0.oneInt64 = .max },
    Vector("m.one_int64 = -2**63") { $0.oneInt64 = .min },
    Vector("m.one_uint32 = 1") { $0.oneUint32 = 1 },
    Vector("m.one_uint32 = 127") { $0.oneUint32 = 127 },
    Vector("m.one_uint32 = 128") { $0.oneUint32 = 128 },
    Vector("m.one_uint32 = 2**32-1") { $0.oneUint32 = .max },
    Vector("m.one_uint64 = 1") { $0.oneUint64 = 1 },
    Vector("m.one_uint64 = 127") { $0.oneUint64 = 127 },
    Vector("m.one_uint64 = 128") { $0.oneUint64 = 128 },
    Vector("m.one_uint64 = 2**64-1") { $0.oneUint64 = .max },
    Vector("m.one_sint32 = 1") { $0.oneSint32 = 1 },
    Vector("m.one_sint32 = -1") { $0.oneSint32 = -1 },
    Vector("m.one_sint32 = 2**31-1") { $0.oneSint32 = .max },
    Vector("m.one_sint32 = -2**31") { $0.oneSint32 = .min },
    Vector("m.one_sint64 = 1") { $0.oneSint64 = 1 },
    Vector("m.one_sint64 = -1") { $0.oneSint64 = -1 },
    Vector("m.one_sint64 = 2**63-1") { $0.oneSint64 = .max },
    Vector("m.one_sint64 = -2**63") { $0.oneSint64 = .min },
    Vector("m.one_fixed32 = 1") { $0.oneFixed32 = 1 },
    Vector("m.one_fixed32 = 127") { $0.oneFixed32 = 127 },
    Vector("m.one_fixed32 = 128") { $0.oneFixed32 = 128 },
    Vector("m.one_fixed32 = 2**32-1") { $0.oneFixed32 = .max },
    Vector("m.one_fixed64 = 1") { $0.oneFixed64 = 1 },
    Vector("m.one_fixed64 = 127") { $0.oneFixed64 = 127 },
    Vector("m.one_fixed64 = 128") { $0.oneFixed64 = 128 },
    Vector("m.one_fixed64 = 2**64-1") { $0.oneFixed64 = .max },
    Vector("m.one_sfixed32 = 1") { $0.oneSfixed32 = 1 },
    Vector("m.one_sfixed32 = -1") { $0.oneSfixed32 = -1 },
    Vector("m.one_sfixed32 = 2**31-1") { $0.oneSfixed32 = .max },
    Vector("m.one_sfixed32 = -2**31") { $0.oneSfixed32 = .min },
    Vector("m.one_sfixed64 = 1") { $0.oneSfixed64 = 1 },
    Vector("m.one_sfixed64 = -1") { $0.oneSfixed64 = -1 },
    Vector("m.one_sfixed64 = 2**63-1") { $0.oneSfixed64 = .max },
    Vector("m.one_sfixed64 = -2**63") { $0.oneSfixed64 = .min },
    Vector("m.one_bool = True") { $0.oneBool = true },
    Vector("m.one_string = 'h\\u00e9\\0\\U0001F600'") { $0.oneString = "h\u{e9}\0\u{1F600}" },
    Vector("m.one_string = 'x' * 200") { $0.oneString = String(repeating: "x", count: 200) },
    Vector("m.one_bytes = b'\\x00\\xff'") { $0.oneBytes = [0x00, 0xFF] },
    Vector("m.one_shade = 70000") { $0.oneShade = .dark },
    Vector("m.one_shade = -1") { $0.oneShade = .none_ },
    Vector("m.one_shade = 5") { $0.oneShade = Shade(rawValue: 5) },
    Vector("m.one_leaf.SetInParent()") { $0.oneLeaf = Leaf() },
    Vector("m.one_leaf.name = 'n'; m.one_leaf.kind = 2") {
      $0.oneLeaf = Leaf.with {
        $0.name = "n"
        $0.kind = .brown
      }
    },
  ]
}

extension Vector {
  /// Fields with presence are sent with their default value too.
  static let optional: [Vector] = [
    Vector("m.maybe_double = 0") { $0.maybeDouble = 0 },
    Vector("m.maybe_float = 0") { $0.maybeFloat = 0 },
    Vector("m.maybe_int32 = 0") { $0.maybeInt32 = 0 },
    Vector("m.maybe_int64 = 0") { $0.maybeInt64 = 0 },
    Vector("m.maybe_uint32 = 0") { $0.maybeUint32 = 0 },
    Vector("m.maybe_uint64 = 0") { $0.maybeUint64 = 0 },
    Vector("m.maybe_sint32 = 0") { $0.maybeSint32 = 0 },
    Vector("m.maybe_sint64 = 0") { $0.maybeSint64 = 0 },
    Vector("m.maybe_fixed32 = 0") { $0.maybeFixed32 = 0 },
    Vector("m.maybe_fixed64 = 0") { $0.maybeFixed64 = 0 },
    Vector("m.maybe_sfixed32 = 0") { $0.maybeSfixed32 = 0 },
    Vector("m.maybe_sfixed64 = 0") { $0.maybeSfixed64 = 0 },
    Vector("m.maybe_bool = False") { $0.maybeBool = false },
    Vector("m.maybe_string = ''") { $0.maybeString = "" },
    Vector("m.maybe_bytes = b''") { $0.maybeBytes = [] },
    Vector("m.maybe_shade = 0") { $0.maybeShade = .unspecified },
  ]
}

extension Vector {
  /// Packed where the type allows it.
  static let repeated: [Vector] = [
    Vector("m.many_double.extend([0, 1.5, -0.0, inf, 5e-324])") {
      $0.manyDouble = [0, 1.5, -0.0, .infinity, .leastNonzeroMagnitude]
    },
    Vector("m.many_float.extend([0, 1.5, -0.0, -inf, 3.4e38])") {
      $0.manyFloat = [0, 1.5, -0.0, -.infinity, 3.4e38]
    },
    Vector("m.many_int32.extend([0, 1, -1, 2**31-1, -2**31])") { $0.manyInt32 = [0, 1, -1, .max, .min] },
    Vector("m.many_int64.extend([0, 1, -1, 2**63-1, -2**63])") { $0.manyInt64 = [0, 1, -1, .max, .min] },
    Vector("m.many_uint32.extend([0, 1, 127, 128, 2**32-1])") { $0.manyUint32 = [0, 1, 127, 128, .max] },
    Vector("m.many_uint64.extend([0, 1, 127, 128, 2**64-1])") { $0.manyUint64 = [0, 1, 127, 128, .max] },
    Vector("m.many_sint32.extend([0, 1, -1, 2**31-1, -2**31])") { $0.manySint32 = [0, 1, -1, .max, .min] },
    Vector("m.many_sint64.extend([0, 1, -1, 2**63-1, -2**63])") { $0.manySint64 = [0, 1, -1, .max, .min] },
    Vector("m.many_fixed32.extend([0, 1, 127, 128, 2**32-1])") { $0.manyFixed32 = [0, 1, 127, 128, .max] },
    Vector("m.many_fixed64.extend([0, 1, 127, 128, 2**64-1])") { $0.manyFixed64 = [0, 1, 127, 128, .max] },
    Vector("m.many_sfixed32.extend([0, 1, -1, 2**31-1, -2**31])") {
      $0.manySfixed32 = [0, 1, -1, .max, .min]
    },
    Vector("m.many_sfixed64.extend([0, 1, -1, 2**63-1, -2**63])") {
      $0.manySfixed64 = [0, 1, -1, .max, .min]
    },
    Vector("m.many_bool.extend([False, True])") { $0.manyBool = [false, true] },
    Vector("m.many_string.extend(['', 'h\\u00e9\\0\\U0001F600', 'x' * 200])") {
      $0.manyString = ["", "h\u{e9}\0\u{1F600}", String(repeating: "x", count: 200)]
    },
    Vector("m.many_bytes.extend([b'', b'\\x00\\xff'])") { $0.manyBytes = [[], [0x00, 0xFF]] },
    Vector("m.many_shade.extend([1, 0, 9])") { $0.manyShade = [.pale, .unspecified, Shade(rawValue: 9)] },
    Vector("m.many_leaf.add(); m.many_leaf.add(size=-3)") {
      $0.manyLeaf = [Leaf(), Leaf.with { $0.size = -3 }]
    },
  ]
}

extension Vector {
  /// The same with a tag for each value.
  static let unpacked: [Vector] = [
    Vector("m.loose_double.extend([0, 1.5, -0.0, inf, 5e-324])") {
      $0.looseDouble = [0, 1.5, -0.0, .infinity, .leastNonzeroMagnitude]
    },
    Vector("m.loose_float.extend([0, 1.5, -0.0, -inf, 3.4e38])") {
      $0.looseFloat = [0, 1.5, -0.0, -.infinity, 3.4e38]
    },
    Vector("m.loose_int32.extend([0, 1, -1, 2**31-1, -2**31])") { $0.looseInt32 = [0, 1, -1, .max, .min] },
    Vector("m.loose_int64.extend([0, 1, -1, 2**63-1, -2**63])") { $0.looseInt64 = [0, 1, -1, .max, .min] },
    Vector("m.loose_uint32.extend([0, 1, 127, 128, 2**32-1])") { $0.looseUint32 = [0, 1, 127, 128, .max] },
    Vector("m.loose_uint64.extend([0, 1, 127, 128, 2**64-1])") { $0.looseUint64 = [0, 1, 127, 128, .max] },
    Vector("m.loose_sint32.extend([0, 1, -1, 2**31-1, -2**31])") {
      $0.looseSint32 = [0, 1, -1, .max, .min]
    },
    Vector("m.loose_sint64.extend([0, 1, -1, 2**63-1, -2**63])") {
      $0.looseSint64 = [0, 1, -1, .max, .min]
    },
    Vector("m.loose_fixed32.extend([0, 1, 127, 128, 2**32-1])") {
      $0.looseFixed32 = [0, 1, 127, 128, .max]
    },
    Vector("m.loose_fixed64.extend([0, 1, 127, 128, 2**64-1])") {
      $0.looseFixed64 = [0, 1, 127, 128, .max]
    },
    Vector("m.loose_sfixed32.extend([0, 1, -1, 2**31-1, -2**31])") {
      $0.looseSfixed32 = [0, 1, -1, .max, .min]
    },
    Vector("m.loose_sfixed64.extend([0, 1, -1, 2**63-1, -2**63])") {
      $0.looseSfixed64 = [0, 1, -1, .max, .min]
    },
    Vector("m.loose_bool.extend([False, True])") { $0.looseBool = [false, true] },
  ]
}

extension Vector {
  /// Every kind of key, every family of values.
  static let maps: [Vector] = [
    Vector("m.map_int32.update({1: -2**31, 0: 0})") { $0.mapInt32 = [1: .min, 0: 0] },
    Vector("m.map_int64.update({1: -2**63, 0: 0})") { $0.mapInt64 = [1: .min, 0: 0] },
    Vector("m.map_uint32.update({1: 2**32-1, 0: 0})") { $0.mapUint32 = [1: .max, 0: 0] },
    Vector("m.map_uint64.update({1: 2**64-1, 0: 0})") { $0.mapUint64 = [1: .max, 0: 0] },
    Vector("m.map_sint32.update({1: -2**31, 0: 0})") { $0.mapSint32 = [1: .min, 0: 0] },
    Vector("m.map_sint64.update({1: -2**63, 0: 0})") { $0.mapSint64 = [1: .min, 0: 0] },
    Vector("m.map_fixed32.update({1: 2**32-1, 0: 0})") { $0.mapFixed32 = [1: .max, 0: 0] },
    Vector("m.map_fixed64.update({1: 2**64-1, 0: 0})") { $0.mapFixed64 = [1: .max, 0: 0] },
    Vector("m.map_sfixed32.update({1: -2**31, 0: 0})") { $0.mapSfixed32 = [1: .min, 0: 0] },
    Vector("m.map_sfixed64.update({1: -2**63, 0: 0})") { $0.mapSfixed64 = [1: .min, 0: 0] },
    Vector("m.map_bool.update({True: True, False: False})") { $0.mapBool = [true: true, false: false] },
    Vector("m.map_string.update({'h\\u00e9\\0\\U0001F600': 'x' * 200, '': ''})") {
      $0.mapString = ["h\u{e9}\0\u{1F600}": String(repeating: "x", count: 200), "": ""]
    },
    Vector("m.map_string_bytes['k'] = b'v'") { $0.mapStringBytes = ["k": Array("v".utf8)] },
    Vector("m.map_string_shade[''] = 1") { $0.mapStringShade = ["": .light] },
    Vector("m.map_string_leaf['a'].name = 'b'") { $0.mapStringLeaf = ["a": Leaf.with { $0.name = "b" }] },
    Vector("m.map_int32_everything[-1].one_bool = True") {
      $0.mapInt32Everything = [-1: Everything.with { $0.oneBool = true }]
    },
    Vector("m.map_string_double['x'] = nan; m.map_string_double.clear()") { _ = $0 },
  ]
}

extension Vector {
  /// Members of oneofs, and names and numbers out of the ordinary.
  static let oneofs: [Vector] = [
    Vector("m.choice_double = 0") { $0.choice = .choiceDouble(0) },
    Vector("m.choice_float = 0") { $0.choice = .choiceFloat(0) },
    Vector("m.choice_int32 = 0") { $0.choice = .choiceInt32(0) },
    Vector("m.choice_int64 = 0") { $0.choice = .choiceInt64(0) },
    Vector("m.choice_uint32 = 0") { $0.choice = .choiceUint32(0) },
    Vector("m.choice_uint64 = 0") { $0.choice = .choiceUint64(0) },
    Vector("m.choice_sint32 = 0") { $0.choice = .choiceSint32(0) },
    Vector("m.choice_sint64 = 0") { $0.choice = .choiceSint64(0) },
    Vector("m.choice_fixed32 = 0") { $0.choice = .choiceFixed32(0) },
    Vector("m.choice_fixed64 = 0") { $0.choice = .choiceFixed64(0) },
    Vector("m.choice_sfixed32 = 0") { $0.choice = .choiceSfixed32(0) },
    Vector("m.choice_sfixed64 = 0") { $0.choice = .choiceSfixed64(0) },
    Vector("m.choice_bool = False") { $0.choice = .choiceBool(false) },
    Vector("m.choice_string = ''") { $0.choice = .choiceString("") },
    Vector("m.choice_bytes = b''") { $0.choice = .choiceBytes([]) },
    Vector("m.choice_shade = 1") { $0.choice = .choiceShade(.light) },
    Vector("m.choice_leaf.size = 7") { $0.choiceLeaf = Leaf.with { $0.size = 7 } },
    Vector("m.choice_everything.choice_bool = True") {
      $0.choice = .choiceEverything(Everything.with { $0.choice = .choiceBool(true) })
    },
    Vector("m.choice_bool = True; m.choice_int32 = 3") { $0.choiceInt32 = 3 },
    Vector("m.left = 'l'; m.between = 'b'") {
      $0.split = .left("l")
      $0.between = "b"
    },
    Vector("m.right = 'r'; m.between = 'b'") {
      $0.split = .right("r")
      $0.between = "b"
    },
    Vector("m.last = 'z'") { $0.last = "z" },
    Vector("m.renamed = 'r'; m.odd__name_2x = 'o'") {
      $0.renamed = "r"
      $0.oddName2x = "o"
    },
  ]
}

extension Vector {
  /// Messages that hold themselves.
  static let recursive: [Vector] = [
    Vector("m.self.self.one_int32 = 4") {
      $0.self_ = Everything.with { $0.self_ = Everything.with { $0.oneInt32 = 4 } }
    },
    Vector("m.ring.next.ring.label = 'x'") {
      $0.ring = Ring.with { $0.next = Everything.with { $0.ring = Ring.with { $0.label = "x" } } }
    },
    Vector("m.selves.add(); m.selves.add().one_bool = True") {
      $0.selves = [Everything(), Everything.with { $0.oneBool = true }]
    },
  ]
}

extension Vector {
  /// The messages that Wire has by hand.
  static let wellKnown: [Vector] = [
    Vector("m.timestamp.FromJsonString('1969-12-31T23:59:59.5Z')") {
      $0.timestamp = .init(seconds: -1, nanos: 500_000_000)
    },
    Vector("m.duration.FromJsonString('-1.5s')") { $0.duration = .init(seconds: -1, nanos: -500_000_000) },
    Vector("m.empty.SetInParent()") { $0.empty = .init() },
    Vector("m.field_mask.paths.extend(['a.b', 'c'])") { $0.fieldMask = .init(paths: ["a.b", "c"]) },
    Vector("m.struct.update({'a': 1.5, 'b': [None, True]})") {
      $0.struct = try! .init(JSONParser.parse("{\"a\":1.5,\"b\":[null,true]}"))
    },
    Vector("m.value.null_value = 0") { $0.value = .null },
    Vector("m.list.values.add().string_value = 's'") {
      $0.list = .init(values: [.init(.stringValue("s"))])
    },
    Vector("m.double_value.value = -0.0") { $0.doubleValue = .init(-0.0) },
    Vector("m.float_value.value = 2.5") { $0.floatValue = .init(2.5) },
    Vector("m.int64_value.value = -1") { $0.int64Value = .init(-1) },
    Vector("m.uint64_value.value = 2**64-1") { $0.uint64Value = .init(.max) },
    Vector("m.int32_value.SetInParent()") { $0.int32Value = .init() },
    Vector("m.uint32_value.value = 9") { $0.uint32Value = .init(9) },
    Vector("m.bool_value.value = True") { $0.boolValue = .init(true) },
    Vector("m.string_value.value = 's'") { $0.stringValue = .init("s") },
    Vector("m.bytes_value.value = b's'") { $0.bytesValue = .init(Array("s".utf8)) },
    Vector("m.one_leaf.size = 1; m.any.Pack(m.one_leaf); m.ClearField('one_leaf')") {
      $0.any = .init(Leaf.with { $0.size = 1 })
    },
    Vector("m.durations['a'].seconds = 1; m.value_map['n'].null_value = 0") {
      $0.durations = ["a": .init(seconds: 1)]
      $0.valueMap = ["n": .null]
    },
  ]
}

extension Vector {
  static let all =
    singular + optional + repeated + unpacked + maps + oneofs + recursive + wellKnown
}
