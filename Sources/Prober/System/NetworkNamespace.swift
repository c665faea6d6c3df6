import CLinux
import Glibc
import Synchronization
import SystemPackage

/// A network namespace that lives for as long as something holds it (`network_namespaces(7)`).
///
/// Held by a descriptor alone, without a name: when the process ends, however it ends, the kernel
/// takes the namespace away, and with it every interface in it and the other ends of its cables.
/// Shared by the threads that enter it, hence a class.
public final class NetworkNamespace: Sendable {
    private let descriptor: OwnedDescriptor

    private init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// The descriptor, for netlink requests that name a namespace.
    var rawDescriptor: CInt { descriptor.rawValue }

    /// The namespace the calling thread is in.
    package static func current() throws(SystemCallFailure) -> NetworkNamespace {
        NetworkNamespace(
            OwnedDescriptor(
                taking: try valueOrErrno(.open) {
                    unsafe open_read_only("/proc/thread-self/ns/net")
                }))
    }

    /// The namespace at `path`, which is that of a process (`/proc/PID/ns/net`) or a name's
    /// (`/run/netns/NAME`).
    package static func open(_ path: String) throws(SystemCallFailure) -> NetworkNamespace {
        NetworkNamespace(
            OwnedDescriptor(
                taking: try valueOrErrno(.open) {
                    // What lies there may be no namespace, and must not block.
                    unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
                }))
    }

    /// The kernel's number for the namespace, unique on the host; nil when it cannot be asked.
    package var inode: UInt64? {
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0 else { return nil }
        return UInt64(status.st_ino)
    }

    /// The number by which the namespace of the calling thread knows this one; nil when it has
    /// none, or the kernel does not tell.
    ///
    /// The kernel gives one when an interface there is first listed that is linked to one here.
    package func numberHere() -> Int32? {
        guard var socket = try? NetlinkSocket(.route) else { return nil }
        var request = NetlinkPayload(rtgenmsg())
        request.append(NETNSA_FD, number: UInt32(bitPattern: rawDescriptor))
        guard let answers = try? socket.ask(RTM_GETNSID, request) else { return nil }
        for answer in answers where answer.type == RTM_NEWNSID {
            for attribute in NetlinkAttributes(answer, after: MemoryLayout<rtgenmsg>.size)
            where Int(attribute.type) == NETNSA_NSID {
                let number = attribute.value.integer(Int32.self)
                return number.flatMap { $0 >= 0 ? $0 : nil }
            }
        }
        return nil
    }

    /// What `body` gives on a thread of its own inside the namespace; the caller waits for it.
    ///
    /// No thread that does anything else ever moves.
    package func onOwnThread<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) throws(SystemCallFailure) -> Value {
        let outcome = Outcome<Value>()
        let thread = try WorkerThread {
            let result: Result<Value, SystemCallFailure> = Result { () throws(SystemCallFailure) in
                try self.enter()
                return body()
            }
            outcome.value.withLock { $0 = result }
        }
        // Letting go waits for its end.
        _ = consume thread
        guard let result = outcome.value.withLock({ $0 }) else {
            throw SystemCallFailure(.threadCreate, .noSuchProcess)
        }
        return try result.get()
    }

    /// Carries what a thread found to the one that waits for it.
    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Result<Value, SystemCallFailure>?>(nil)
    }

    /// A new namespace with a loopback interface that is down, and nothing else.
    ///
    /// Needs CAP_SYS_ADMIN. The calling thread stays where it is.
    static func make() throws(SystemCallFailure) -> NetworkNamespace {
        let home = try current()
        // Where coming back is not allowed (a user namespace of its own), going is not either.
        try home.enter()
        _ = try valueOrErrno(.unshare) { unshare(CLONE_NEWNET) }
        let made: Result<NetworkNamespace, SystemCallFailure> = Result {
            () throws(SystemCallFailure) in try current()
        }
        try home.enter()
        return try made.get()
    }

    /// Moves the calling thread into the namespace; sockets it opens from now on are there.
    func enter() throws(SystemCallFailure) {
        _ = try valueOrErrno(.setns) { setns(descriptor.rawValue, CLONE_NEWNET) }
    }

    /// Calls `body` with the calling thread inside the namespace, and comes back.
    func inside<Value: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Value
    ) throws -> Value {
        let home = try Self.current()
        try enter()
        defer { returnHome(home) }
        return try body()
    }

    /// Goes back to `home`.
    ///
    /// A thread that cannot would probe from the wrong place: that is the end.
    private func returnHome(_ home: NetworkNamespace) {
        do {
            try home.enter()
        } catch {
            preconditionFailure("the thread cannot leave a network namespace: \(error)")
        }
    }
}
