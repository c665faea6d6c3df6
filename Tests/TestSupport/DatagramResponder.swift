import CLinux
import Glibc
public import Prober
import Synchronization

/// A UDP socket that answers until its owner lets go, in any network namespace.
public final class DatagramResponder: Sendable {
    /// What it does with a datagram.
    public enum Behaviour: Sendable {
        /// Takes it and says nothing.
        case silent
        /// Sends these bytes.
        case saying([UInt8])
        /// Sends these bytes from another port.
        case sayingFromAnotherPort([UInt8])
        /// Sends these bytes twice from this port.
        case sayingTwiceFrom(port: UInt16, [UInt8])
        /// Answers a DNS query so much later.
        case answeringDNSAfter(milliseconds: Int32)
        /// Answers a DNS query, to which `isOurs` says whether it keeps the identifier.
        case answeringDNS(isOurs: Bool)
        /// Answers only the second datagram of each peer, as a DNS server.
        case answeringSecond
    }

    private let descriptor: CInt
    private let other: CInt
    private let state: State

    /// What the thread shares with the owner.
    private final class State: Sendable {
        let isOver = Atomic<Bool>(false)
        let hasEnded = Atomic<Bool>(false)
        let received = Atomic<Int>(0)
    }

    /// How many datagrams it took.
    public var received: Int { state.received.load(ordering: .sequentiallyConsistent) }

    /// Answers on the IPv4 or IPv6 `address` and `port`; `namespace` as in ``ListeningSocket``.
    public init(
        _ address: IPAddress, port: UInt16, _ behaviour: Behaviour, namespace: String? = nil
    ) throws {
        var sockets: (CInt, CInt) = (-1, -1)
        try NamespaceThread.run(in: namespace) {
            sockets.0 = try Self.socket(address, port)
            switch behaviour {
            case .sayingFromAnotherPort: sockets.1 = try Self.socket(address, 0)
            case .sayingTwiceFrom(let port, _): sockets.1 = try Self.socket(address, port)
            case .silent, .saying, .answeringDNS, .answeringDNSAfter, .answeringSecond: break
            }
        }
        (descriptor, other) = sockets
        let state = State()
        self.state = state
        let (socket, spare) = sockets
        let body: @Sendable () -> Void = { Self.serve(socket, spare, behaviour, state) }
        let call = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, call.toOpaque())
        guard started == 0 else { throw SocketProblem(call: "pthread_create", number: started) }
        pthread_detach(thread)
    }

    deinit {
        state.isOver.store(true, ordering: .sequentiallyConsistent)
        while !state.hasEnded.load(ordering: .sequentiallyConsistent) { sched_yield() }
        close(descriptor)
        if other >= 0 { close(other) }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static func socket(_ address: IPAddress, _ port: UInt16) throws -> CInt {
        let domain = address.family == .ipv4 ? AF_INET : AF_INET6
        let kind = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(domain, kind, 0)
        guard descriptor >= 0 else { throw SocketProblem(call: "socket", number: errno) }
        let (storage, length) = TestAddress.kernelForm(address, port: port)
        let result = unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length)
            }
        }
        guard result == 0 else { throw SocketProblem(call: "bind", number: errno) }
        return descriptor
    }

    private static func serve(
        _ descriptor: CInt, _ other: CInt, _ behaviour: Behaviour, _ state: State
    ) {
        var peers: [[UInt8]: Int] = [:]
        var room = [UInt8](repeating: 0, count: 2048)
        while !state.isOver.load(ordering: .sequentiallyConsistent) {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, 20) > 0 else { continue }
            var peer = sockaddr_in6()
            var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            let byteCount = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe recvfrom(descriptor, &room, room.count, 0, $0, &length)
                }
            }
            guard byteCount >= 0 else { continue }
            state.received.add(1, ordering: .sequentiallyConsistent)
            let name = unsafe withUnsafeBytes(of: peer) { unsafe [UInt8]($0.prefix(Int(length))) }
            peers[name, default: 0] += 1
            let query = Array(room[..<byteCount])
            let answer: [UInt8]?
            var source = descriptor
            var count = 1
            switch behaviour {
            case .silent: answer = nil
            case .saying(let bytes): answer = bytes
            case .sayingFromAnotherPort(let bytes):
                answer = bytes
                source = other
            case .sayingTwiceFrom(_, let bytes):
                answer = bytes
                source = other
                count = 2
            case .answeringDNSAfter(let milliseconds):
                _ = poll(nil, 0, milliseconds)
                answer = response(to: query, isOurs: true)
            case .answeringDNS(let isOurs): answer = response(to: query, isOurs: isOurs)
            case .answeringSecond:
                answer = peers[name] == 2 ? response(to: query, isOurs: true) : nil
            }
            guard let answer else { continue }
            for _ in 0..<count {
                _ = unsafe withUnsafePointer(to: peer) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe sendto(source, answer, answer.count, 0, $0, length)
                    }
                }
            }
        }
        state.hasEnded.store(true, ordering: .sequentiallyConsistent)
    }

    /// The query as a response that refuses it (RFC 1035, 4.1.1).
    private static func response(to query: [UInt8], isOurs: Bool) -> [UInt8]? {
        guard query.count >= 12 else { return nil }
        var response = query
        response[2] = 0x81
        response[3] = 0x85
        if !isOurs { response[0] ^= 0xff }
        return response
    }
}
