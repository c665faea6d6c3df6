import CLinux
import Glibc
package import SystemPackage

extension FileDescriptor {
    /// Makes writing to a pipe that nobody reads any more an error (EPIPE) for the whole process,
    /// where otherwise it would end at once.
    package static func reportBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    /// Puts `/dev/null` where standard input, output or error is closed.
    ///
    /// The next file or socket to be opened would take its number, and get what is written there.
    package static func openMissingStandardStreams() {
        var facts = Glibc.stat()
        for number: CInt in 0...2 where unsafe fstat(number, &facts) != 0 {
            // The lowest free number is the one that is missing.
            _ = unsafe open_read_only("/dev/null")
        }
    }

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
