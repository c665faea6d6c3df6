import CLinux
import Glibc
import SystemPackage

extension ProbeSocket {
    /// What was heard on a connection.
    enum Heard {
        /// Bytes, which were taken.
        case bytes
        /// The other side has closed.
        case end
        /// The connection was reset.
        case reset
        /// Nothing yet.
        case nothing
    }

    /// Takes what has come, as far as that says something.
    func hear() -> Heard {
        var room = InlineArray<64, UInt64>(repeating: 0)
        var span = room.mutableSpan
        let count = unsafe span.withUnsafeMutableBytes {
            unsafe recv(rawDescriptor, $0.baseAddress, $0.count, CInt(MSG_DONTWAIT))
        }
        if count > 0 { return .bytes }
        if count == 0 { return .end }
        switch Errno.current {
        case .connectionReset, .brokenPipe: return .reset
        default: return .nothing
        }
    }

    /// Sends the request that most services say something to, if only that they do not like it.
    ///
    /// HTTP/1.0 (RFC 1945, 5.1), since a reply to it ends the connection. False when it could not
    /// be sent.
    func ask() -> Bool {
        let request: StaticString = "GET / HTTP/1.0\r\n\r\n"
        let flags = CInt(MSG_DONTWAIT | MSG_NOSIGNAL)
        return unsafe send(rawDescriptor, request.utf8Start, request.utf8CodeUnitCount, flags) > 0
    }
}
