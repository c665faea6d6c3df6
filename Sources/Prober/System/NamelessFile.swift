import Glibc
package import SystemPackage

/// A file without a name: what is written to it is gone with its owner.
package struct NamelessFile: ~Copyable {
    private let descriptor: OwnedDescriptor
    /// How many bytes were written.
    package private(set) var size: Int64 = 0

    /// An empty file on the disk of `folder`.
    package init(in folder: String) throws(Errno) {
        descriptor = OwnedDescriptor(taking: try Self.open(in: folder).rawValue)
    }

    private static func open(in folder: String) throws(Errno) -> FileDescriptor {
        for _ in 0..<100 {
            let name = "prober-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
            let path = FilePath(folder).appending(name)
            do {
                let file = try FileDescriptor.open(
                    path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: .ownerReadWrite)
                try path.unlink()
                return file
            } catch Errno.fileExists {
                continue
            } catch let error as Errno {
                throw error
            } catch {
                throw .ioError
            }
        }
        throw .fileExists
    }

    /// Writes `bytes` after what was written before.
    package mutating func append(_ bytes: [UInt8]) throws(Errno) {
        do {
            try file.writeAll(bytes)
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
        size += Int64(bytes.count)
    }

    /// At most `count` of the bytes from `offset` on; none only at the end.
    package func bytes(at offset: Int64, atMost count: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        do {
            let read = try unsafe bytes.withUnsafeMutableBytes { buffer in
                try unsafe file.read(fromAbsoluteOffset: offset, into: buffer)
            }
            return Array(bytes[..<read])
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }

    private var file: FileDescriptor { FileDescriptor(rawValue: descriptor.rawValue) }
}
