import CLinux
import Glibc
package import SystemPackage

extension FileDescriptor {
    /// Makes writing to a pipe that nobody reads any more an error (EPIPE) for the whole process,
    /// where otherwise it would end at once.
    package static func reportBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    /// Whether a person sits at the other end.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Waits until what was written is on the disk.
    package func synchronize() throws(Errno) {
        guard fsync(rawValue) == 0 else { throw Errno.current }
    }

    /// Sets who may do what with the file.
    package func setPermissions(_ permissions: FilePermissions) throws(Errno) {
        guard fchmod(rawValue, permissions.rawValue) == 0 else { throw Errno.current }
    }
}
