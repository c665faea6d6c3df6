import CLinux
import Glibc
public import SystemPackage

/// Giving up root, once all that needs it is open.
///
/// A process that is not root, such as one with the capability CAP_NET_RAW, keeps what it has.
public struct PrivilegeDrop: Hashable, Sendable {
    /// The number of the user that the process becomes; never root's.
    public var user: UInt32
    /// The number of the only group that it is in then.
    public var group: UInt32

    /// The drop for this process: to whoever called sudo, else to `nobody`; nil when it is not root.
    public init?() {
        self.init(
            effectiveUser: geteuid(), sudoUser: Self.variable("SUDO_UID"),
            sudoGroup: Self.variable("SUDO_GID"), nobody: Self.nobody)
    }

    /// The drop for a process of `effectiveUser`, with what sudo says of its caller.
    init?(
        effectiveUser: UInt32, sudoUser: String?, sudoGroup: String?,
        nobody: (user: UInt32, group: UInt32)
    ) {
        guard effectiveUser == 0 else { return nil }
        // The greatest number is the kernel's "leave it as it is".
        let callers = 1..<UInt32.max
        if let user = sudoUser.flatMap(UInt32.init), let group = sudoGroup.flatMap(UInt32.init),
            callers.contains(user), callers.contains(group)
        {
            (self.user, self.group) = (user, group)
        } else {
            (user, group) = nobody
        }
    }

    /// Becomes that user for good, with all threads: no capability is left, and no way back.
    ///
    /// - Throws: What the kernel says, such as `invalidArgument` in a user namespace without that
    ///   user; the process may then be of the group, but is still root.
    public func commit() throws(Errno) {
        // glibc makes every thread of the process take part; the system calls themselves do not.
        var groups = [group]
        guard unsafe setgroups(1, &groups) == 0 else { throw Errno.current }
        guard setresgid(group, group, group) == 0 else { throw Errno.current }
        guard setresuid(user, user, user) == 0 else { throw Errno.current }
        precondition(geteuid() == user && setuid(0) != 0, "root was not given up")
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// The user called nobody, or the one that the kernel shows for users without a number.
    private static var nobody: (user: UInt32, group: UInt32) {
        guard let entry = unsafe getpwnam("nobody")?.pointee, unsafe entry.pw_uid != 0 else {
            return (65534, 65534)
        }
        return unsafe (entry.pw_uid, entry.pw_gid)
    }
}
