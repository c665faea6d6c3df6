package import SystemPackage

/// Reads whole files.
package enum FileContents {
    /// The bytes of the file at `path`, or of whatever it names: a device or a pipe is read to its
    /// end.
    ///
    /// - Throws: The error of the system call that failed, and `fileTooLarge` when there are more
    ///   than `limit` bytes.
    package static func bytes(of path: String, atMost limit: Int) throws(Errno) -> [UInt8] {
        guard !path.isEmpty, !path.contains("\0") else { throw .noSuchFileOrDirectory }
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try file.closeAfter { try readAll(file, atMost: limit) }
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }

    /// Gives the bytes of the file at `path` to `body`, a part at a time, to its end.
    ///
    /// - Throws: The error of the system call that failed.
    package static func chunks(
        of path: String, size: Int = 1 << 20, _ body: ([UInt8]) -> Void
    ) throws(Errno) {
        guard !path.isEmpty, !path.contains("\0") else { throw .noSuchFileOrDirectory }
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            try file.closeAfter {
                var chunk = [UInt8](repeating: 0, count: size)
                while true {
                    let count = try unsafe chunk.withUnsafeMutableBytes { buffer in
                        try unsafe file.read(into: buffer)
                    }
                    guard count > 0 else { return }
                    body(Array(chunk[..<count]))
                }
            }
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }

    private static func readAll(_ file: FileDescriptor, atMost limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        // A plain file tells its size, so that it is not copied while the array grows; files of the
        // kernel and pipes tell 0.
        if let size = try? file.seek(offset: 0, from: .end) {
            _ = try file.seek(offset: 0, from: .start)
            bytes.reserveCapacity(Int(clamping: min(size, Int64(limit))))
        }
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = try unsafe chunk.withUnsafeMutableBytes { buffer in
                try unsafe file.read(into: buffer)
            }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else { throw Errno.fileTooLarge }
            bytes += chunk[..<count]
        }
    }
}
