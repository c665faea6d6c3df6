import CLinux
import Glibc
package import SystemPackage

extension Directory {
    /// Calls `body` with the inode of every socket that a link in the folder names, as the links in
    /// `/proc/PID/fd` do.
    ///
    /// A host may have millions of open files, so nothing is allocated for one. Returns the last
    /// error that reading a link ended with, other than that it is gone.
    ///
    /// - Throws: when the folder cannot be listed.
    package func forEachSocket(_ body: (UInt64) -> Void) throws(Errno) -> Errno? {
        let stream = unsafe try openStream()
        defer { unsafe closedir(stream) }
        // `socket:[18446744073709551615]` has 29 bytes; of what is longer the beginning is enough.
        var link = InlineArray<64, UInt8>(repeating: 0)
        var refusal: Errno?
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                let error = Errno.current
                if error.rawValue == 0 { return refusal }
                throw error
            }
            guard unsafe entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) else {
                continue
            }
            let count = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
                var span = link.mutableSpan
                return unsafe span.withUnsafeMutableBytes { buffer in
                    guard let path = name.baseAddress, let room = buffer.baseAddress
                    else { return 0 }
                    return unsafe readlinkat(
                        dirfd(stream), path.assumingMemoryBound(to: CChar.self),
                        room.assumingMemoryBound(to: CChar.self), buffer.count)
                }
            }
            guard count >= 0 else {
                let error = Errno.current
                if error != .noSuchFileOrDirectory, error != .noSuchProcess { refusal = error }
                continue
            }
            if let inode = Self.socketInode(link.span.extracting(first: count)) { body(inode) }
        }
    }

    /// The number in `socket:[4711]`, the text of a link; nil for links of other kinds.
    package static func socketInode(_ link: Span<UInt8>) -> UInt64? {
        let prefix = "socket:[".utf8
        let start = prefix.count
        guard link.count > start + 1, link[link.count - 1] == UInt8(ascii: "]") else { return nil }
        for (index, byte) in prefix.enumerated() where link[index] != byte { return nil }
        var inode: UInt64 = 0
        for index in start..<(link.count - 1) {
            let digit = link[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (tens, isTooBig) = inode.multipliedReportingOverflow(by: 10)
            let (sum, isTooBigWithDigit) = tens.addingReportingOverflow(UInt64(digit))
            guard !isTooBig, !isTooBigWithDigit else { return nil }
            inode = sum
        }
        return inode
    }
}
