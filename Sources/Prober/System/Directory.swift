import CLinux
import Glibc
package import SystemPackage

/// An open folder, and what can be read in it by name.
///
/// A folder of `/proc` stays bound to its process: when that ends, reading fails, and a new
/// process with the same number is not mistaken for it.
package struct Directory: ~Copyable {
    private let descriptor: OwnedDescriptor

    /// Opens the folder at `path`.
    package init(_ path: String) throws(Errno) {
        try self.init(path, at: AT_FDCWD)
    }

    /// Opens the folder `name` inside `parent`.
    package init(_ name: String, in parent: borrowing Directory) throws(Errno) {
        try self.init(name, at: parent.descriptor.rawValue)
    }

    private init(_ path: String, at descriptor: CInt) throws(Errno) {
        self.descriptor = try Self.open(path, at: descriptor, O_DIRECTORY)
    }

    /// The folder as a stream of its entries, which the caller closes.
    func openStream() throws(Errno) -> OpaquePointer {
        // The stream closes the descriptor it is given, so it gets one of its own.
        let copy = unsafe openat(descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw Errno.current }
        guard let stream = unsafe fdopendir(copy) else {
            let error = Errno.current
            close(copy)
            throw error
        }
        return unsafe stream
    }

    /// The names in the folder, without `.` and `..`, in no particular order.
    package func names() throws(Errno) -> [String] {
        let stream = unsafe try openStream()
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                let error = Errno.current
                if error.rawValue == 0 { return names }
                throw error
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// What the symbolic link `name` says.
    package func link(_ name: String) throws(Errno) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = unsafe readlinkat(descriptor.rawValue, name, &buffer, buffer.count)
        guard count >= 0 else { throw Errno.current }
        return String(
            decoding: buffer.prefix(count).lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The bytes of the file `name`, at most `limit` of them.
    package func contents(of name: String, limit: Int) throws(Errno) -> [UInt8] {
        let file = try Self.open(name, at: descriptor.rawValue, 0)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 32 * 1024))
        while bytes.count < limit {
            let wanted = min(buffer.count, limit - bytes.count)
            let count = unsafe read(file.rawValue, &buffer, wanted)
            guard count >= 0 else {
                let error = Errno.current
                if error == .interrupted { continue }
                throw error
            }
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }

    /// The inode of `name`, links followed: for a control group its id, for a namespace its number.
    package func inode(of name: String) throws(Errno) -> UInt64 {
        var status = stat()
        guard unsafe fstatat(descriptor.rawValue, name, &status, 0) == 0 else {
            throw Errno.current
        }
        return UInt64(status.st_ino)
    }

    private static func open(
        _ path: String, at descriptor: CInt, _ flags: CInt
    ) throws(Errno) -> OwnedDescriptor {
        let number = unsafe openat(descriptor, path, O_RDONLY | O_CLOEXEC | flags)
        guard number >= 0 else { throw Errno.current }
        return OwnedDescriptor(taking: number)
    }
}
