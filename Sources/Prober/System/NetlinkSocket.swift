import CLinux
import Glibc
package import SystemPackage

/// A netlink socket: questions to the kernel, and its answers.
///
/// It speaks for the network namespace that its thread was in when it was opened. Owned by one
/// thread.
package struct NetlinkSocket: ~Copyable {
    /// The part of the kernel to talk to.
    package enum Family {
        case route, socketDiagnosis, generic

        var number: CInt {
            switch self {
            case .route: NETLINK_ROUTE
            case .socketDiagnosis: NETLINK_SOCK_DIAG
            case .generic: NETLINK_GENERIC
            }
        }
    }

    private let descriptor: OwnedDescriptor
    private var sequence: UInt32 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

    /// A socket that talks to `family`.
    package init(_ family: Family) throws(NetlinkError) {
        let number = socket(
            AF_NETLINK, CInt(SOCK_RAW.rawValue) | CInt(SOCK_CLOEXEC.rawValue), family.number)
        guard number >= 0 else { throw .failed(Errno.current) }
        let owner = OwnedDescriptor(taking: number)
        // The kernel answers at once; a sandbox that plays kernel may never do.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        let result = unsafe setsockopt(
            number, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard result == 0 else { throw .failed(Errno.current) }
        descriptor = owner
    }

    /// Asks for a list, and asks again when it changed while the kernel wrote it.
    ///
    /// After `attempts` such lists the last one is returned as it is, marked interrupted.
    package mutating func dump(
        _ type: some BinaryInteger, _ payload: NetlinkPayload, attempts: Int = 5
    ) throws(NetlinkError) -> NetlinkDump {
        var dump = try dumpOnce(UInt16(type), payload)
        for _ in 1..<max(attempts, 2) where dump.isInterrupted {
            dump = try dumpOnce(UInt16(type), payload)
        }
        return dump
    }

    /// Asks for a change, with `flags` (NLM_F_CREATE and the like), and waits until it is made.
    package mutating func execute(
        _ type: some BinaryInteger, flags: some BinaryInteger, _ payload: NetlinkPayload
    ) throws(NetlinkError) {
        try send(UInt16(type), flags: UInt16(flags) | UInt16(NLM_F_ACK), payload)
        while true {
            for message in try receive() where message.type == NLMSG_ERROR {
                try Self.check(message)
                return
            }
        }
    }

    /// Asks for one thing, and gives the messages that answer before the kernel's word that it is
    /// done.
    package mutating func ask(
        _ type: some BinaryInteger, _ payload: NetlinkPayload
    ) throws(NetlinkError) -> [NetlinkMessage] {
        try send(UInt16(type), flags: UInt16(NLM_F_ACK), payload)
        var answers: [NetlinkMessage] = []
        while true {
            for message in try receive() {
                guard message.type == NLMSG_ERROR else {
                    answers.append(message)
                    continue
                }
                try Self.check(message)
                return answers
            }
        }
    }

    private mutating func dumpOnce(
        _ type: UInt16, _ payload: NetlinkPayload
    ) throws(NetlinkError) -> NetlinkDump {
        try send(type, flags: UInt16(NLM_F_ROOT | NLM_F_MATCH), payload)
        var dump = NetlinkDump()
        while true {
            let messages: [NetlinkMessage]
            do {
                messages = try receive()
            } catch .failed(.noBufferSpace) {
                dump.isInterrupted = true
                continue
            }
            for message in messages where try dump.add(message) { return dump }
        }
    }

    private mutating func send(
        _ type: UInt16, flags: UInt16, _ payload: NetlinkPayload
    ) throws(NetlinkError) {
        sequence &+= 1
        var header = nlmsghdr()
        header.nlmsg_len = UInt32(NetlinkMessage.headerByteCount + payload.bytes.count)
        header.nlmsg_type = type
        header.nlmsg_flags = flags | UInt16(NLM_F_REQUEST)
        header.nlmsg_seq = sequence
        let message = [UInt8](of: header) + payload.bytes
        while unsafe Glibc.send(descriptor.rawValue, message, message.count, 0) < 0 {
            let error = Errno.current
            guard error == .interrupted else { throw .failed(error) }
        }
    }

    /// The next messages from the kernel that answer the last request.
    private mutating func receive() throws(NetlinkError) -> [NetlinkMessage] {
        while true {
            var sender = sockaddr_nl()
            var senderLength = socklen_t(MemoryLayout<sockaddr_nl>.size)
            let length = unsafe withUnsafeMutablePointer(to: &sender) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe recvfrom(
                        descriptor.rawValue, &buffer, buffer.count, CInt(MSG_TRUNC), $0,
                        &senderLength)
                }
            }
            guard length >= 0 else {
                let error = Errno.current
                if error == .interrupted { continue }
                throw .failed(error)
            }
            // Port 0 is the kernel's; another process could have written to ours.
            guard sender.nl_pid == 0 else { continue }
            guard length <= buffer.count,
                let messages = NetlinkMessage.messages(in: buffer[..<length])
            else { throw .malformed }
            return messages.filter { $0.sequence == sequence }
        }
    }

    /// Throws what an NLMSG_ERROR or NLMSG_DONE message carries; 0 is success.
    fileprivate static func check(_ message: NetlinkMessage) throws(NetlinkError) {
        guard let number = message.payload.integer(Int32.self) else { throw .malformed }
        guard number < 0 else { return }
        throw .refused(Errno(rawValue: 0 &- number))
    }
}

/// A list from the kernel.
package struct NetlinkDump {
    /// Its messages.
    package var messages: [NetlinkMessage] = []
    /// Whether it changed while it was written: entries may be missing or stand there twice.
    package var isInterrupted = false

    /// Takes one more message in, and returns whether it was the last.
    mutating func add(_ message: NetlinkMessage) throws(NetlinkError) -> Bool {
        if message.flags & UInt16(NLM_F_DUMP_INTR) != 0 { isInterrupted = true }
        switch CInt(message.type) {
        case NLMSG_DONE:
            // Old kernels end a list without a number.
            if !message.payload.isEmpty { try NetlinkSocket.check(message) }
            return true
        case NLMSG_ERROR: try NetlinkSocket.check(message)
        case NLMSG_OVERRUN: isInterrupted = true
        case NLMSG_NOOP: break
        default: messages.append(message)
        }
        return false
    }
}

/// Why a question to the kernel has no answer.
package enum NetlinkError: Error, Hashable, Sendable {
    /// The socket could not be opened or used.
    case failed(Errno)
    /// The kernel understood the request, and this is its answer.
    case refused(Errno)
    /// The answer does not follow netlink's own format.
    case malformed
}

extension NetlinkError: CustomStringConvertible {
    /// The system's words for it.
    package var description: String {
        switch self {
        case .failed(let errno), .refused(let errno): errno.description
        case .malformed: "the answer could not be understood"
        }
    }
}
