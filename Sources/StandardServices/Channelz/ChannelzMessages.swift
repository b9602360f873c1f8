import EventLoop
import GRPC
import Glibc
import HTTP2
import Wire

// What is seen, as messages of channelz.

extension GrpcChannelzV1Server {
  init(_ number: Int64, _ snapshot: ServerSnapshot) {
    self.init()
    var ref = GrpcChannelzV1ServerRef()
    ref.serverId = number
    self.ref = ref
    var data = GrpcChannelzV1ServerData()
    data.callsStarted = Int64(snapshot.calls.started)
    data.callsSucceeded = Int64(snapshot.calls.succeeded)
    data.callsFailed = Int64(snapshot.calls.failed)
    data.lastCallStartedTimestamp = snapshot.calls.lastStart.map(WellKnown.Timestamp.init)
    self.data = data
    listenSocket = snapshot.listeners.map { GrpcChannelzV1SocketRef($0.number, $0.address.description) }
  }
}

extension GrpcChannelzV1SocketRef {
  init(_ number: Int64, _ name: String) {
    self.init()
    socketId = number
    self.name = name
  }
}

extension GrpcChannelzV1Socket {
  init(listener number: Int64, _ address: SocketAddress) {
    self.init()
    ref = GrpcChannelzV1SocketRef(number, address.description)
    data = GrpcChannelzV1SocketData()
    local = GrpcChannelzV1Address(address)
  }

  init(_ snapshot: ConnectionSnapshot) {
    self.init()
    ref = GrpcChannelzV1SocketRef(snapshot.number, snapshot.peer.description)
    local = GrpcChannelzV1Address(snapshot.local)
    remote = GrpcChannelzV1Address(snapshot.peer)
    let activity = snapshot.activity
    var data = GrpcChannelzV1SocketData()
    data.streamsStarted = Int64(activity.streamsStarted)
    data.streamsSucceeded = Int64(activity.streamsAnswered)
    data.streamsFailed = Int64(
      max(0, activity.streamsStarted - activity.streamsAnswered - snapshot.openStreams))
    data.messagesSent = Int64(activity.messagesSent)
    data.messagesReceived = Int64(activity.messagesReceived)
    data.keepAlivesSent = Int64(activity.keepalivesSent)
    let lastStream = activity.lastStream.map(WellKnown.Timestamp.init)
    switch snapshot.role {
    case .server: data.lastRemoteStreamCreatedTimestamp = lastStream
    case .client: data.lastLocalStreamCreatedTimestamp = lastStream
    }
    data.lastMessageSentTimestamp = activity.lastMessageSent.map(WellKnown.Timestamp.init)
    data.lastMessageReceivedTimestamp = activity.lastMessageReceived.map(WellKnown.Timestamp.init)
    data.localFlowControlWindow = Self.window(snapshot.sendWindow)
    data.remoteFlowControlWindow = Self.window(snapshot.receiveWindow)
    self.data = data
    guard let cipherSuite = snapshot.cipherSuite else { return }
    var tls = GrpcChannelzV1Security.Tls()
    tls.cipherSuite = .standardName(cipherSuite)
    tls.remoteCertificate = snapshot.peerCertificate
    var security = GrpcChannelzV1Security()
    security.model = .tls(tls)
    self.security = security
  }

  private static func window(_ bytes: Int) -> WellKnown.Int64Value {
    var value = WellKnown.Int64Value()
    value.value = Int64(bytes)
    return value
  }
}

extension GrpcChannelzV1Address {
  init(_ address: SocketAddress) {
    self.init()
    var tcp = TcpIpAddress()
    tcp.ipAddress = address.addressBytes
    tcp.port = Int32(address.port ?? 0)
    if case .unix(let path) = address.kind {
      var unix = UdsAddress()
      unix.filename = path
      self.address = .udsAddress(unix)
    } else {
      self.address = .tcpipAddress(tcp)
    }
  }
}

extension GrpcChannelzV1Channel {
  init(_ snapshot: ChannelSnapshot) {
    self.init()
    var ref = GrpcChannelzV1ChannelRef()
    ref.channelId = snapshot.number
    ref.name = snapshot.target
    self.ref = ref
    data = GrpcChannelzV1ChannelData(snapshot.target, snapshot.state, snapshot.calls)
    subchannelRef = snapshot.subchannels.map {
      GrpcChannelzV1SubchannelRef($0.number, $0.address.description)
    }
  }
}

extension GrpcChannelzV1SubchannelRef {
  init(_ number: Int64, _ name: String) {
    self.init()
    subchannelId = number
    self.name = name
  }
}

extension GrpcChannelzV1Subchannel {
  init(_ snapshot: SubchannelSnapshot) {
    self.init()
    ref = GrpcChannelzV1SubchannelRef(snapshot.number, snapshot.address.description)
    data = GrpcChannelzV1ChannelData(snapshot.address.description, snapshot.state, snapshot.calls)
    socketRef = snapshot.connections.map { GrpcChannelzV1SocketRef($0.number, $0.peer.description) }
  }
}

extension GrpcChannelzV1ChannelData {
  init(_ target: String, _ state: ConnectivityState, _ calls: CallCounts) {
    self.init()
    var connectivity = GrpcChannelzV1ChannelConnectivityState()
    connectivity.state =
      switch state {
      case .idle: .idle
      case .connecting: .connecting
      case .ready: .ready
      case .transientFailure: .transientFailure
      case .shutdown: .shutdown
      }
    self.state = connectivity
    self.target = target
    callsStarted = Int64(calls.started)
    callsSucceeded = Int64(calls.succeeded)
    callsFailed = Int64(calls.failed)
    lastCallStartedTimestamp = calls.lastStart.map(WellKnown.Timestamp.init)
  }
}

extension WellKnown.Timestamp {
  /// A point on the monotonic clock, by the time of day.
  fileprivate init(_ instant: Instant) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let nanoseconds = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    let then = nanoseconds - (Instant.now.nanoseconds - instant.nanoseconds)
    self.init(seconds: then / 1_000_000_000, nanos: Int32(then % 1_000_000_000))
  }
}
