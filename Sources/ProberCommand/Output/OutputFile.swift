import Prober
import SystemPackage

/// A file of results that appears under its name only when it is whole.
///
/// What is written goes to a temporary name in the same folder; ``commit()`` renames it, and
/// without that the temporary is removed with its owner. What is no regular file (`/dev/stdout`, a
/// pipe) is written to directly.
struct OutputFile: ~Copyable {
    /// The path as the user named it.
    let path: String
    /// What is written to, for a thread that writes by itself while this is open.
    let descriptor: FileDescriptor
    private var temporary: FilePath?
    private let target: FilePath
    private var isPlaced = false

    /// Opens the file for writing; nothing stands at `path` before ``commit()`` that was not there.
    ///
    /// - Throws: ``InputError`` about `flag` when `path` cannot be written to.
    init(_ path: String, flag: String = "--output") throws(InputError) {
        self.path = path
        // A symbolic link stays; the file that it leads to is replaced.
        target = (try? FilePath(path).resolved()) ?? FilePath(path)
        do throws(Errno) {
            (temporary, descriptor) = try Self.open(target)
        } catch {
            throw InputError(
                flag, problem: "\(path) cannot be written: \(error)",
                remedy: "Name a file in a folder that exists and that you may write to.")
        }
    }

    deinit {
        try? descriptor.close()
        try? temporary?.unlink()
    }

    /// Writes all of `bytes` after what was written before.
    func write(_ bytes: [UInt8]) throws(Errno) {
        do {
            try descriptor.writeAll(bytes)
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }

    /// The file that is renamed in the end, and what it replaces; nil when it is written to directly.
    var replacement: (file: FileDescriptor, target: FilePath)? {
        temporary == nil ? nil : (descriptor, target)
    }

    /// Gives the file its name before it is whole, for one that says itself whether it is.
    ///
    /// Whoever gives up root may not change names in the folder any more; what is open stays so.
    mutating func place() throws(Errno) {
        guard let temporary else { return }
        if let mode = try? Stat(target).permissions { try? descriptor.setPermissions(mode) }
        try temporary.rename(to: target)
        self.temporary = nil
        isPlaced = true
    }

    /// Puts the file under its name, in one step, in place of what had it.
    ///
    /// On failure the temporary is removed and the old file stays as it was.
    consuming func commit() throws(Errno) {
        guard let temporary else {
            if isPlaced { try descriptor.synchronize() }
            return
        }
        if let mode = try? Stat(target).permissions {
            // The file keeps its rights; a failure leaves those of a new file.
            try? descriptor.setPermissions(mode)
        }
        try descriptor.synchronize()
        try temporary.rename(to: target)
    }

    /// The file to write to, with its temporary name when it has one.
    ///
    /// That name is the first free one of the form `name.0.partial`.
    private static func open(
        _ target: FilePath
    ) throws(Errno) -> (temporary: FilePath?, descriptor: FileDescriptor) {
        if let type = try? Stat(target).type, type != .regular {
            return (nil, try open(target, []))
        }
        guard let name = target.lastComponent?.string else { throw .isDirectory }
        for number in 0..<1000 {
            let path = target.removingLastComponent().appending("\(name).\(number).partial")
            do throws(Errno) {
                return (path, try open(path, [.create, .exclusiveCreate]))
            } catch .fileExists {
                continue
            }
        }
        throw .fileExists
    }

    private static func open(
        _ path: FilePath, _ options: FileDescriptor.OpenOptions
    ) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                path, .writeOnly, options: options.union(.closeOnExec),
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }
}
