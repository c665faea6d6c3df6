import CLinux
import Glibc
public import Prober
import Synchronization

/// A UDP service on a thread of its own, in any network namespace, until its owner lets go.
public final class AnsweringSocket: Sendable {
    /// What it answers.
    public enum Answer: Sendable {
        /// Nothing at all: it takes every datagram and is silent.
        case nothing
        /// What it got, with the bit that makes a DNS question a reply (RFC 1035, 4.1.1).
        case dns
    }

    /// The port it is bound to.
    public let port: UInt16
    private let service: Service
    private let thread: pthread_t

    /// Serves on `address`, on `port` or one that the kernel chooses for 0.
    ///
    /// `namespace` is a path such as `/run/netns/lab-inside`; nil stays in this namespace.
    public init(
        _ address: IPAddress, port: UInt16 = 0, answer: Answer, namespace: String? = nil
    ) throws {
        var socket: CInt = -1
        var bound: UInt16 = 0
        try NamespaceThread.run(in: namespace) {
            (socket, bound) = try BoundSocket.make(SOCK_DGRAM, address, port)
        }
        // The thread looks up now and then whether its owner is gone.
        var patience = timeval(tv_sec: 0, tv_usec: 50_000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        let service = Service(socket, answer)
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Service>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(service).toOpaque())
        guard started == 0 else { throw SocketProblem(call: "pthread_create", number: started) }
        self.port = bound
        self.service = service
        self.thread = thread
    }

    deinit {
        service.isOver.store(true, ordering: .relaxed)
        pthread_join(thread, nil)
    }

    private final class Service: Sendable {
        let isOver = Atomic(false)
        private let descriptor: CInt
        private let answer: Answer

        init(_ descriptor: CInt, _ answer: Answer) {
            self.descriptor = descriptor
            self.answer = answer
        }

        deinit { close(descriptor) }

        func run() {
            var bytes = [UInt8](repeating: 0, count: 2048)
            while !isOver.load(ordering: .relaxed) {
                var peer = sockaddr_in6()
                var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
                unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                        let count = unsafe recvfrom(
                            descriptor, &bytes, bytes.count, 0, address, &length)
                        guard count >= 12, case .dns = answer else { return }
                        bytes[2] |= 0x80
                        _ = unsafe sendto(descriptor, bytes, count, 0, address, length)
                    }
                }
            }
        }
    }
}
