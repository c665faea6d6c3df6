import CLinux
import Glibc
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
    static func current() throws(SystemCallFailure) -> NetworkNamespace {
        NetworkNamespace(
            OwnedDescriptor(
                taking: try valueOrErrno(.open) {
                    unsafe open_read_only("/proc/thread-self/ns/net")
                }))
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
