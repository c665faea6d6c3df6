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
    /// Whether that is who called sudo, and not nobody.
    public private(set) var isForCaller: Bool

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
            (self.user, self.group, isForCaller) = (user, group, true)
        } else {
            (user, group, isForCaller) = (nobody.user, nobody.group, false)
        }
    }

    /// Becomes that user for good, with all threads: no capability is left, and no way back.
    ///
    /// Secure bits (`capabilities(7)`) that keep capabilities when the user changes do not matter to a
    /// process of one thread, which clears its own; with more threads they are an error.
    ///
    /// - Throws: ``PrivilegeDropError``.
    public func commit() throws(PrivilegeDropError) {
        // glibc makes every thread of the process take part; the system calls themselves do not.
        var groups = [group]
        guard unsafe setgroups(1, &groups) == 0, setresgid(group, group, group) == 0,
            setresuid(user, user, user) == 0
        else {
            let errno = Errno.current
            // What a user namespace says that has no such user.
            throw errno == .invalidArgument ? .noSuchUser(user) : .refused(errno)
        }
        if prober_has_capabilities() != 0 {
            // They were kept, in every thread, and a thread can clear its own only.
            guard Self.threadCount == 1, prober_clear_capabilities() == 0 else {
                throw .capabilitiesKept
            }
        }
        guard getuid() == user, geteuid() == user, prober_has_capabilities() == 0 else {
            throw .capabilitiesKept
        }
    }

    /// Gives `file` to whoever called sudo; what is made for root itself stays root's.
    package func give(_ file: FileDescriptor) {
        guard isForCaller else { return }
        _ = fchown(file.rawValue, user, group)
    }

    /// How many threads the process has; 0 where that cannot be told.
    private static var threadCount: UInt64 {
        var folder = stat()
        guard unsafe stat("/proc/self/task", &folder) == 0, folder.st_nlink > 2 else { return 0 }
        return UInt64(folder.st_nlink) - 2
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

/// Why root could not be given up.
public enum PrivilegeDropError: Error, Hashable, Sendable {
    /// The user namespace that this process is root of has no user of this number.
    case noSuchUser(UInt32)
    /// The kernel refused with this number; the process is still root.
    case refused(Errno)
    /// Secure bits keep root's capabilities in threads of the process.
    case capabilitiesKept
}

extension PrivilegeDropError: CustomStringConvertible {
    /// What happened, without a full stop.
    public var description: String {
        switch self {
        case .noSuchUser(let user): "there is no user \(user) in this user namespace"
        case .refused(let errno): "\(errno)"
        case .capabilitiesKept: "secure bits of this process keep its capabilities"
        }
    }
}
