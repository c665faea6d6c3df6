import Glibc
package import SystemPackage

extension FilePath {
    /// Gives this file the name `target`, in one step, in place of what had it.
    package func rename(to target: FilePath) throws(Errno) {
        let result = unsafe withPlatformString { old in
            unsafe target.withPlatformString { new in unsafe Glibc.rename(old, new) }
        }
        guard result == 0 else { throw Errno.current }
    }

    /// Removes this name of the file.
    package func unlink() throws(Errno) {
        guard unsafe withPlatformString({ unsafe Glibc.unlink($0) }) == 0 else {
            throw Errno.current
        }
    }

    /// The same file by a path without symbolic links.
    package func resolved() throws(Errno) -> FilePath {
        guard let path = unsafe withPlatformString({ unsafe realpath($0, nil) }) else {
            throw Errno.current
        }
        defer { unsafe free(path) }
        return unsafe FilePath(platformString: path)
    }
}
