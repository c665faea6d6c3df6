import CLinux
import Glibc
package import SystemPackage

/// The rights of a user that a process which was started as root can do without.
///
/// All calls are those of the C library, which makes them for every thread (`nptl(7)`); the kernel's
/// own are for one.
package enum Privileges {
    /// A user to go on as.
    package struct User: Hashable, Sendable {
        package var id: UInt32
        package var group: UInt32
    }

    /// What became of root's rights.
    package enum Outcome: Hashable, Sendable {
        /// There were none.
        case wasNotRoot
        /// Every thread goes on as this user, and cannot go back.
        case dropped(User)
        /// They are kept, because something that is still to be done needs them.
        case kept(String)
    }

    /// Goes on as the user who called sudo, or else as nobody, unless `need` finds that something to
    /// come needs root.
    ///
    /// `need` is called as that user already, and may try what is to come; it gives the reason. The
    /// user gets the `files`, which it may have to rename.
    package static func drop(
        owning files: [FileDescriptor], environment: [String: String], unless need: () -> String?
    ) -> Outcome {
        guard geteuid() == 0 else { return .wasNotRoot }
        let user = lesserUser(environment)
        let root = User(id: 0, group: getegid())
        var groups = [gid_t(user.group)]
        guard unsafe setgroups(groups.count, &groups) == 0, setegid(user.group) == 0 else {
            return .kept("the groups cannot be changed here: \(Errno.current)")
        }
        for file in files { fchown(file.rawValue, user.id, user.group) }
        guard seteuid(user.id) == 0 else {
            return goBack(to: root, files, because: "the user cannot be changed: \(Errno.current)")
        }
        if let reason = need() { return goBack(to: root, files, because: reason) }
        guard setresgid(user.group, user.group, user.group) == 0,
            setresuid(user.id, user.id, user.id) == 0
        else {
            return goBack(to: root, files, because: "root cannot be given up: \(Errno.current)")
        }
        return .dropped(user)
    }

    /// Takes root's rights back, which the process still has in reserve.
    private static func goBack(
        to root: User, _ files: [FileDescriptor], because reason: String
    ) -> Outcome {
        precondition(
            seteuid(root.id) == 0 && setegid(root.group) == 0, "root's rights are half gone")
        for file in files { fchown(file.rawValue, root.id, root.group) }
        return .kept(reason)
    }

    /// Whether the user that the process is now may put a file of its own at `path`, in place of
    /// what is there.
    package static func canReplace(_ path: FilePath) -> Bool {
        let folder = path.folder.string
        guard unsafe faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 else {
            return false
        }
        var (above, own) = (stat(), stat())
        guard unsafe stat(folder, &above) == 0 else { return false }
        // In such a folder only owners may take files away (`inode(7)`, the sticky bit).
        guard above.st_mode & S_ISVTX != 0, above.st_uid != geteuid() else { return true }
        guard unsafe lstat(path.string, &own) == 0 else {
            return Errno.current == .noSuchFileOrDirectory
        }
        return own.st_uid == geteuid()
    }

    /// Whether a socket can be bound to `interface`.
    package static func canBind(toInterface interface: String) -> Bool {
        do throws(SystemCallFailure) {
            let socket = try DatagramSocket(.ipv4)
            try socket.bind(toInterface: interface)
            return true
        } catch {
            return error.errno != .permissionDenied && error.errno != .notPermitted
        }
    }

    /// The one who called sudo, as it tells; else nobody.
    private static func lesserUser(_ environment: [String: String]) -> User {
        if let id = environment["SUDO_UID"].flatMap({ UInt32($0) }),
            let group = environment["SUDO_GID"].flatMap({ UInt32($0) }), id != 0, id != .max,
            group != .max
        {
            return User(id: id, group: group)
        }
        guard let nobody = unsafe getpwnam("nobody"), unsafe nobody.pointee.pw_uid != 0 else {
            return User(id: 65534, group: 65534)
        }
        return unsafe User(id: nobody.pointee.pw_uid, group: nobody.pointee.pw_gid)
    }
}

extension FilePath {
    /// The folder that the file is in.
    fileprivate var folder: FilePath {
        let folder = removingLastComponent()
        return folder.isEmpty ? "." : folder
    }
}
