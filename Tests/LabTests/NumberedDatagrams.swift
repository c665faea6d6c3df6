import CPackets
import Foundation
import Glibc
import Prober

@testable import TestSupport

/// Numbered UDP datagrams from one host of a lab to another, and which of them came.
struct NumberedDatagrams: ~Copyable {
    private let source: String
    private let sender: CInt
    private let receiver: CInt

    /// One that came: its number, its bytes, and when it was read.
    struct Arrival {
        var number: Int
        var byteCount: Int
        var time: ContinuousClock.Instant
    }

    /// Sends to `destination`, which is an address of `to`.
    init(_ lab: Lab, from: Lab.Host, to: Lab.Host, destination: IPAddress) throws {
        let domain = destination.family == .ipv4 ? AF_INET : AF_INET6
        let kind = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let (storage, length) = TestAddress.kernelForm(destination, port: 9)
        var sockets: (sender: CInt, receiver: CInt) = (-1, -1)
        try NamespaceThread.run(in: lab.namespace(of: to)) {
            sockets.receiver = socket(domain, kind, 0)
            // All of them may wait here, so that only the link can lose one.
            var room: CInt = 64 << 20
            _ = unsafe setsockopt(
                sockets.receiver, SOL_SOCKET, SO_RCVBUFFORCE, &room,
                socklen_t(MemoryLayout<CInt>.size))
            try unsafe Self.name(sockets.receiver, bind, storage, length)
        }
        try NamespaceThread.run(in: lab.namespace(of: from)) {
            sockets.sender = socket(domain, kind, 0)
            try unsafe Self.name(sockets.sender, connect, storage, length)
        }
        source = lab.namespace(of: from)
        (sender, receiver) = sockets
    }

    deinit {
        close(sender)
        close(receiver)
    }

    private static func name(
        _ descriptor: CInt, _ call: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt,
        _ storage: sockaddr_in6, _ length: socklen_t
    ) throws {
        let result = unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe call(descriptor, $0, length)
            }
        }
        guard result == 0 else { throw SocketProblem(call: "bind or connect", number: errno) }
    }

    /// Sends datagrams with the numbers from 0, as fast as it goes, in this order.
    func send(_ count: Int, byteCount: Int = 8) throws {
        let sender = sender
        try NamespaceThread.run(in: source) {
            packets_keep_order()
            var bytes = [UInt8](repeating: 0x5a, count: byteCount)
            for number in 0..<count {
                unsafe bytes.withUnsafeMutableBytes {
                    unsafe $0.storeBytes(of: UInt64(number), as: UInt64.self)
                }
                _ = unsafe Glibc.send(sender, bytes, byteCount, 0)
            }
        }
    }

    /// What comes until there is silence for so long.
    func receive(silence milliseconds: CInt = 500) -> [Arrival] {
        var arrivals: [Arrival] = []
        var bytes = [UInt8](repeating: 0, count: 2048)
        while true {
            var waiting = pollfd(fd: receiver, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return arrivals }
            let byteCount = unsafe recv(receiver, &bytes, bytes.count, 0)
            let rest = bytes[8..<max(8, byteCount)]
            guard byteCount >= 8, rest.allSatisfy({ $0 == 0x5a }) else { continue }
            let number = unsafe bytes.withUnsafeBytes { unsafe $0.load(as: UInt64.self) }
            arrivals.append(
                Arrival(number: Int(number), byteCount: byteCount, time: ContinuousClock.now))
        }
    }
}
