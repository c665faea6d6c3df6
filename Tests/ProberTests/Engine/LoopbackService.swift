@testable import Prober

/// A UDP socket on loopback that answers when it is told to look, with what a closure makes of a
/// request.
///
/// For tests that turn an engine by hand: no thread, no waiting.
struct LoopbackService: ~Copyable {
    private let socket: DatagramSocket
    /// The port it has.
    let port: UInt16
    private let answer: ([UInt8]) -> [UInt8]?
    private var received: ReceiveBatch
    private var batch: SendBatch
    /// What came so far.
    private(set) var requests: [[UInt8]]

    static let address = IPAddress.v4(0x7f00_0001)

    /// A service at a port that the kernel chooses; `answer` gives the reply, or nil for silence.
    init(_ answer: @escaping ([UInt8]) -> [UInt8]?) throws {
        let socket = try DatagramSocket(.ipv4)
        try socket.bind(to: Self.address, port: 0)
        port = socket.localPort ?? 0
        self.socket = socket
        received = ReceiveBatch()
        batch = SendBatch()
        requests = []
        self.answer = answer
    }

    /// Answers what has come.
    mutating func look() throws {
        while received.receive(.datagrams, from: socket) {
            for index in 0..<received.count {
                let bytes = received.withBytes(at: index) { span in
                    (0..<span.byteCount).map { span.byte(at: $0) ?? 0 }
                }
                requests.append(bytes)
                guard let peer = received.peer(at: index), let reply = answer(bytes) else {
                    continue
                }
                try send(reply, to: peer.port)
            }
        }
    }

    /// Sends `bytes` to `port` of loopback.
    mutating func send(_ bytes: [UInt8], to port: UInt16) throws {
        var datagram = RequestBytes()
        for byte in bytes { datagram.append(byte) }
        batch.append(datagram, to: Self.address, port: port)
        _ = try batch.send(on: socket)
        batch.clear()
    }
}
