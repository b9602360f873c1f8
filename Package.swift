// swift-tools-version:6.2
import PackageDescription

/// Async functions stay where their caller is: a handler's calls return without asking which executor
/// they belong on, which costs a lock each. Warnings are errors where `CI` is set; a developer in the
/// middle of a change only sees them. Exclusive access is checked in debug builds, where the tests run.
///
/// `CAIRN_FUZZ` builds everything for the fuzzer, see Tests/Fuzz/run: it is told which branches are taken.
let fuzzes = Context.environment["CAIRN_FUZZ"] != nil
let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
  ] + (Context.environment["CI"] != nil ? [.treatAllWarnings(as: .error)] : [])
  + (fuzzes ? [.unsafeFlags(["-sanitize=fuzzer"])] : [])

func library(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil,
  plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: settings, plugins: plugins)
}

/// SQL files: what a module's schema is made of, and its named queries. They become part of the binary.
let sql: [Resource] = [.embedInCode("Migrations"), .embedInCode("Queries")]

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil,
  plugins: [Target.PluginUsage] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["Patience"], exclude: exclude, resources: resources,
    swiftSettings: settings, plugins: plugins)
}

let package = Package(
  name: "cairn",
  products: [.executable(name: "cairn", targets: ["cairn"])],
  targets: [
    // C libraries: a module map and a shim header each.
    .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLinux"),

    // Messages.
    library("Wire", []),
    library("DynamicMessage", ["CProtobufC", "Wire"]),
    library("StandardProtos", ["Wire"], plugins: ["GenerateMessages"]),
    library("CairnAPI", ["Wire", "StandardProtos", "GRPC"], plugins: ["GenerateMessages"]),

    .executableTarget(
      name: "protoc-gen-cairn", dependencies: ["DynamicMessage", "Wire"],
      path: "codegen/protoc-gen-cairn", swiftSettings: settings),
    .executableTarget(
      name: "protoc-gen-reference", dependencies: ["DynamicMessage"], path: "codegen/protoc-gen-reference",
      swiftSettings: settings),
    .plugin(
      name: "GenerateMessages", capability: .buildTool(), dependencies: ["protoc-gen-cairn"],
      path: "codegen/plugin"),

    // Transport.
    library("EventLoop", ["CLinux"]),
    library("HTTP2", ["CNghttp2", "COpenSSL", "EventLoop"]),
    library("Gzip", ["CZlib"]),
    library("GRPC", ["HTTP2", "Gzip", "EventLoop", "Wire", "StandardProtos"]),
    // Health, reflection and channelz, which every gRPC server has.
    library(
      "StandardServices", ["GRPC", "HTTP2", "EventLoop", "Wire", "StandardProtos"],
      plugins: ["GenerateMessages"]),

    // Storage.
    library("Postgres", ["CLibpq", "COpenSSL", "CLinux", "EventLoop"]),
    library(
      "Journal",
      ["Postgres", "GRPC", "CairnAPI", "StandardProtos", "Wire", "EventLoop", "COpenSSL"], resources: sql),

    // Domains, and what they share of checking requests.
    library(
      "Requests", ["Journal", "Postgres", "GRPC", "EventLoop", "CairnAPI", "StandardProtos", "Wire"]),
    library(
      "Contexts",
      ["Requests", "Journal", "Postgres", "GRPC", "EventLoop", "CairnAPI", "StandardProtos", "Wire"],
      resources: [.embedInCode("Migrations")]
        + [
          "Core", "Relationships", "Search", "Memory", "Templates", "Versions", "Transfer", "Lifetime",
        ].map { .embedInCode("\($0)/Queries") }),
    library(
      "Sessions",
      ["Requests", "Journal", "Postgres", "GRPC", "EventLoop", "CairnAPI", "StandardProtos", "Wire"],
      resources: [.embedInCode("Migrations")]
        + [
          "Core", "Log", "Messages", "Checkpoints", "Expiry", "Forks", "Purging", "Replay", "Insight",
          "Analytics",
        ].map {
          .embedInCode("\($0)/Queries")
        }),
    library(
      "Projects", ["Requests", "Journal", "Postgres", "GRPC", "CairnAPI", "Wire"],
      resources: [.embedInCode("Queries")]),
    library("Changes", ["Requests", "Journal", "GRPC", "CairnAPI", "Wire"]),
    library(
      "Commits",
      ["Contexts", "Sessions", "Requests", "Journal", "Postgres", "GRPC", "EventLoop", "CairnAPI", "Wire"]),
    library(
      "Coordination",
      [
        "Commits", "Contexts", "Sessions", "Requests", "Journal", "Postgres", "GRPC", "EventLoop", "CairnAPI",
        "StandardProtos", "Wire",
      ],
      resources: [.embedInCode("Migrations")]
        + [
          "Core", "Events", "Agents", "Beats", "Tasks", "Queues", "Figures", "Dispatch", "Claims", "Deaths",
          "Work",
        ].map {
          .embedInCode("\($0)/Queries")
        }),
    library("LongRunning", ["Requests", "Journal", "GRPC", "EventLoop", "CairnAPI", "Wire"]),
    library("Operations", ["Journal", "Postgres", "StandardServices", "GRPC", "EventLoop", "CairnAPI"]),

    .executableTarget(
      name: "cairn",
      dependencies: [
        "Contexts", "Sessions", "Commits", "Coordination", "Projects", "Changes", "LongRunning", "Operations",
        "Journal", "Postgres", "GRPC", "HTTP2", "EventLoop", "CairnAPI", "StandardProtos", "StandardServices",
        "DynamicMessage", "Wire",
      ],
      resources: [.embedInCode("Comments/Protos")], swiftSettings: settings),

    // The transport alone, for `make bench` and foreign clients.
    .executableTarget(
      name: "EchoServer", dependencies: ["GRPC", "HTTP2", "EventLoop", "StandardProtos", "Wire"],
      path: "Benchmarks/EchoServer", swiftSettings: settings, plugins: ["GenerateMessages"]),

    // Server and client of gRPC's official interoperability tests.
    .executableTarget(
      name: "InteropPeer", dependencies: ["GRPC", "StandardServices", "EventLoop", "Wire"],
      path: "Tests/InteropPeer",
      swiftSettings: settings, plugins: ["GenerateMessages"]),

    // The generated codec against libprotobuf-c.
    .executableTarget(
      name: "CodecBench", dependencies: ["CProtobufC", "Wire"], path: "Benchmarks/CodecBench",
      swiftSettings: settings, plugins: ["GenerateMessages"]),

    // What must stand any input; the tests replay what fuzzing found.
    .target(
      name: "FuzzTargets",
      dependencies: ["Wire", "DynamicMessage", "GRPC", "HTTP2", "Journal", "Requests", "Contexts"],
      path: "Tests/Fuzz/Targets", swiftSettings: settings, plugins: ["GenerateMessages"]),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Replay", swiftSettings: settings),

    .target(name: "Patience", path: "Tests/Patience", swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["Journal", "Postgres", "GRPC", "StandardProtos", "EventLoop"],
      path: "Tests/TestSupport",
      swiftSettings: settings),
    // A domain of nothing but standard methods, by which the kit is measured.
    .target(
      name: "NoteDomain",
      dependencies: ["Requests", "Journal", "Postgres", "GRPC", "CairnAPI", "StandardProtos", "Wire"],
      path: "Tests/NoteDomain", resources: sql, swiftSettings: settings, plugins: ["GenerateMessages"]),
    tests(
      "NoteDomain",
      ["NoteDomain", "Requests", "Journal", "GRPC", "EventLoop", "CairnAPI", "Wire", "TestSupport"]),
    tests("Patience", []),
    tests("EventLoop", ["EventLoop"]),
    tests("Postgres", ["Postgres", "EventLoop", "TestSupport"]),
    tests(
      "Contexts",
      [
        "CLibpq", "Contexts", "Requests", "Journal", "Postgres", "GRPC", "CairnAPI", "StandardProtos",
        "EventLoop", "Wire", "TestSupport",
      ]),
    tests(
      "Sessions",
      [
        "Sessions", "Requests", "Journal", "Postgres", "GRPC", "CairnAPI", "StandardProtos", "EventLoop",
        "Wire", "TestSupport",
      ]),
    tests(
      "Coordination",
      [
        "Coordination", "Requests", "Journal", "Postgres", "GRPC", "CairnAPI", "StandardProtos", "EventLoop",
        "Wire", "TestSupport",
      ]),
    tests(
      "Statement",
      [
        "CLibpq", "Contexts", "Sessions", "Coordination", "Projects", "Requests", "Journal", "Postgres",
        "CairnAPI", "Wire", "TestSupport",
      ]),
    tests(
      "Requests",
      ["Requests", "Journal", "Postgres", "GRPC", "CairnAPI", "StandardProtos", "Wire", "TestSupport"]),
    tests("Projects", ["Projects", "Requests", "Journal", "GRPC", "CairnAPI", "Wire", "TestSupport"]),
    tests("Changes", ["Changes", "Journal", "GRPC", "CairnAPI", "TestSupport"]),
    tests("LongRunning", ["LongRunning", "Requests", "Journal", "GRPC", "CairnAPI", "TestSupport"]),
    tests(
      "Journal", ["Journal", "Projects", "Postgres", "GRPC", "CairnAPI", "EventLoop", "Wire", "TestSupport"]),
    tests("HTTP2", ["HTTP2", "EventLoop"]),
    tests("Operations", ["Operations", "Postgres", "GRPC", "StandardServices", "EventLoop", "TestSupport"]),
    tests("Gzip", ["Gzip"]),
    tests(
      "GRPC",
      ["CNghttp2", "GRPC", "Gzip", "HTTP2", "EventLoop", "StandardProtos", "StandardServices", "Wire"]),
    tests(
      "Command",
      [
        "cairn", "EchoServer", "Contexts", "Sessions", "Operations", "Postgres", "GRPC", "EventLoop",
        "CairnAPI",
        "StandardProtos", "StandardServices", "DynamicMessage", "Wire",
      ]),
    tests("DynamicMessage", ["DynamicMessage", "Wire"], resources: [.copy("Vectors")]),
    tests("Codegen", ["GRPC", "Wire"], exclude: ["Corpus", "Golden"]),
    tests("Wire", ["Wire", "DynamicMessage"], exclude: ["oracle.py"], plugins: ["GenerateMessages"]),
  ]
    + (fuzzes
      ? [
        .executableTarget(
          name: "Fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver", swiftSettings: settings,
          linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
      ] : [])
)
