import CLinux
import Glibc
package import SystemPackage

/// Whether a command that was started as root can go on without it.
package enum Privileges {
    /// What became of root's rights.
    package enum Outcome: Hashable, Sendable {
        /// There were none.
        case wasNotRoot
        /// Every thread goes on as the user of this number, and cannot go back.
        case dropped(UInt32)
        /// They are kept, because something that is still to be done needs them.
        case kept(String)
    }

    /// Goes on as the user that ``PrivilegeDrop`` chooses, unless `need` finds that something to come
    /// needs root.
    ///
    /// `need` is called as that user already, and may try what is to come; it gives the reason. The
    /// user gets the `files`, which it may have to rename: so with files that are root's own, made
    /// without sudo, root is kept.
    package static func drop(
        owning files: [FileDescriptor], unless need: () -> String?
    ) -> Outcome {
        guard let drop = PrivilegeDrop() else { return .wasNotRoot }
        guard drop.isForCaller || files.isEmpty else {
            return .kept("the file is to be root's, and is renamed in the end")
        }
        let home = getegid()
        var groups = [drop.group]
        guard unsafe setgroups(1, &groups) == 0, setegid(drop.group) == 0 else {
            return .kept("the groups cannot be changed here: \(Errno.current)")
        }
        var reason: String?
        if seteuid(drop.user) == 0 {
            reason = need()
        } else {
            reason = "the user cannot be changed here: \(Errno.current)"
        }
        // From the saved user, who is root still; for all threads, as the calls before.
        precondition(seteuid(0) == 0 && setegid(home) == 0, "root's rights are half gone")
        if let reason { return .kept(reason) }
        for file in files { drop.give(file) }
        do throws(PrivilegeDropError) {
            try drop.commit()
            return .dropped(drop.user)
        } catch {
            for file in files { _ = fchown(file.rawValue, 0, home) }
            return .kept("root cannot be given up: \(error)")
        }
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
}

extension FilePath {
    /// The folder that the file is in.
    fileprivate var folder: FilePath {
        let folder = removingLastComponent()
        return folder.isEmpty ? "." : folder
    }
}
