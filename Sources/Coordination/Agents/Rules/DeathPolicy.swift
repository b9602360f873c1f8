import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension UpdateDeadAgentPolicyRequest: WriteRequest {}

extension DeadAgentPolicy {
  /// What counts in a project that has said nothing. `{silence_limit}` has the second figure, too.
  static let standard: DeadAgentPolicy = {
    var policy = DeadAgentPolicy()
    policy.heartbeatInterval = WellKnown.Duration(seconds: 30)
    policy.heartbeatTimeout = WellKnown.Duration(seconds: 90)
    policy.missedHeartbeats = 3
    policy.recovery = true
    policy.recoveryDelay = WellKnown.Duration(seconds: 60)
    policy.etag = Etag.text(0)
    return policy
  }()

  /// Microseconds.
  var interval: Int64 { heartbeatInterval?.microseconds ?? 0 }
  var timeout: Int64 { heartbeatTimeout?.microseconds ?? 0 }
  var delay: Int64 { recoveryDelay?.microseconds ?? 0 }
}

/// The fields of a policy that a client may change.
enum DeadAgentPolicyField: String, UpdatableField {
  case heartbeatInterval = "heartbeat_interval"
  case heartbeatTimeout = "heartbeat_timeout"
  case missedHeartbeats = "missed_heartbeats"
  case recovery
  case recoveryDelay = "recovery_delay"

  static let resource = "policy"
  static let outputOnly: Set<String> = ["update_time", "etag", "position"]
  static let metadataField: DeadAgentPolicyField? = nil

  func isSet(in policy: DeadAgentPolicy) -> Bool {
    switch self {
    case .heartbeatInterval: policy.heartbeatInterval != nil
    case .heartbeatTimeout: policy.heartbeatTimeout != nil
    case .missedHeartbeats: policy.missedHeartbeats != 0
    case .recovery: policy.recovery
    case .recoveryDelay: policy.recoveryDelay != nil
    }
  }
}

/// A change of a policy that may be tried.
struct DeadAgentPolicyUpdate {
  private let values: DeadAgentPolicy
  private let fields: Set<DeadAgentPolicyField>

  /// A day, and 30 of them, in seconds.
  private static let longestInterval: Int64 = 86_400
  private static let longestTimeout: Int64 = 30 * 86_400
  /// Microseconds.
  private static let shortestInterval: Int64 = 10_000

  init(validating request: UpdateDeadAgentPolicyRequest, _ violations: inout Violations) {
    guard let policy = request.policy else {
      violations.add("must be set", at: "policy")
      (values, fields) = (DeadAgentPolicy(), [])
      return
    }
    fields =
      UpdateMask<DeadAgentPolicyField>(
        validating: request.updateMask, of: policy, at: "update_mask", &violations
      ).fields
    values = policy
    func check(
      _ span: WellKnown.Duration?, _ field: DeadAgentPolicyField, from least: Int64, to seconds: Int64
    ) {
      guard fields.contains(field), let span else { return }
      let isWithin =
        (0...seconds).contains(span.seconds) && (0..<1_000_000_000).contains(span.nanos)
        && (least...seconds * 1_000_000).contains(span.microseconds)
      if !isWithin {
        violations.add(
          "must be between \(least / 1_000) milliseconds and \(seconds / 86_400) days",
          at: "policy.\(field.rawValue)")
      }
    }
    check(policy.heartbeatInterval, .heartbeatInterval, from: Self.shortestInterval, to: Self.longestInterval)
    check(policy.heartbeatTimeout, .heartbeatTimeout, from: Self.shortestInterval, to: Self.longestTimeout)
    check(policy.recoveryDelay, .recoveryDelay, from: 0, to: Self.longestTimeout)
    if fields.contains(.missedHeartbeats), !(0...1_000).contains(policy.missedHeartbeats) {
      violations.add("must be between 0 and 1000", at: "policy.missed_heartbeats")
    }
  }

  /// Throws ETAG_MISMATCH, and FIELD_INVALID for values that do not go together.
  func applied(to stored: DeadAgentPolicy) throws(RPCError) -> DeadAgentPolicy {
    if !values.etag.isEmpty, !values.etag.hasSameBytes(as: stored.etag) {
      throw .etagMismatch(
        ResourceName(DeadAgentPolicy.self, "policy", "dead agents"), given: values.etag, current: stored.etag)
    }
    let standard = DeadAgentPolicy.standard
    var policy = stored
    for field in fields {
      switch field {
      case .heartbeatInterval:
        policy.heartbeatInterval = values.heartbeatInterval ?? standard.heartbeatInterval
      case .heartbeatTimeout: policy.heartbeatTimeout = values.heartbeatTimeout ?? standard.heartbeatTimeout
      case .missedHeartbeats: policy.missedHeartbeats = values.missedHeartbeats
      case .recovery: policy.recovery = values.recovery
      case .recoveryDelay: policy.recoveryDelay = values.recoveryDelay ?? standard.recoveryDelay
      }
    }
    if policy.timeout < policy.interval {
      var violations = Violations()
      violations.add("must not be shorter than heartbeat_interval", at: "policy.heartbeat_timeout")
      try violations.check()
    }
    return policy
  }
}

extension DeadAgentPolicy {
  /// The policy after a write that has drawn its position.
  func stamped(_ stamp: Stamp) -> DeadAgentPolicy {
    var policy = self
    policy.position = stamp.position
    policy.etag = Etag.text(stamp.position)
    policy.updateTime = WellKnown.Timestamp(stamp.at)
    return policy
  }
}
