import Glibc
import SystemPackage

@testable import Prober

/// A socket of this test process on a port that the kernel chose.
struct TestSocket: ~Copyable {
    private let owner: OwnedDescriptor

    var descriptor: CInt { owner.rawValue }

    init(
        _ transport: Transport, _ address: IPAddress, port: UInt16 = 0, isIPv6Only: Bool = false,
        sharesPort: Bool = false, device: String? = nil, backlog: CInt? = 7
    ) throws {
        let isIPv6 = address.family == .ipv6
        let type = CInt(transport == .tcp ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
        let number = try valueOrErrno(.socket) {
            socket(isIPv6 ? AF_INET6 : AF_INET, type | CInt(SOCK_CLOEXEC.rawValue), 0)
        }
        let owner = OwnedDescriptor(taking: number)
        if isIPv6 { try Self.set(number, CInt(IPPROTO_IPV6), IPV6_V6ONLY, isIPv6Only ? 1 : 0) }
        if sharesPort { try Self.set(number, SOL_SOCKET, SO_REUSEPORT, 1) }
        if let device {
            _ = try valueOrErrno(.setsockopt) {
                unsafe setsockopt(
                    number, SOL_SOCKET, SO_BINDTODEVICE, device, socklen_t(device.utf8.count))
            }
        }
        let target = SocketAddress(address, port: port)
        _ = try valueOrErrno(.bind) { unsafe target.withPointer { unsafe bind(number, $0, $1) } }
        if transport == .tcp, let backlog {
            _ = try valueOrErrno(.bind) { listen(number, backlog) }
        }
        self.owner = owner
    }

    /// A TCP connection to a listener on `address` and `port`.
    static func connected(to address: IPAddress, port: UInt16) throws -> TestSocket {
        let socket = try TestSocket(.tcp, address, backlog: nil)
        try socket.connect(to: address, port: port)
        return socket
    }

    /// The port it is bound to.
    var port: UInt16 {
        var name = SocketAddress()
        _ = unsafe name.withMutablePointer { unsafe getsockname(descriptor, $0, $1) }
        return name.port
    }

    /// The number that its descriptor's link shows.
    var inode: UInt64 {
        var status = stat()
        _ = unsafe fstat(descriptor, &status)
        return UInt64(status.st_ino)
    }

    /// Fixes the other end to `address` and `port`.
    func connect(to address: IPAddress, port: UInt16) throws {
        let target = SocketAddress(address, port: port)
        _ = try valueOrErrno(.connect) {
            unsafe target.withPointer { unsafe Glibc.connect(descriptor, $0, $1) }
        }
    }

    /// Lets programs that this process starts hold the socket too.
    func share() throws { _ = try valueOrErrno(.socket) { fcntl(descriptor, F_SETFD, 0) } }

    private static func set(
        _ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt
    ) throws {
        var value = value
        _ = try valueOrErrno(.setsockopt) {
            unsafe setsockopt(
                descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
        }
    }
}

/// A program started by a test, ended with its owner.
struct TestProgram: ~Copyable {
    let pid: pid_t

    /// Starts `path` without arguments but `argument`, with the descriptors that may be inherited.
    init(_ path: String, _ argument: String) throws {
        var started: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [
            strdup(path), strdup(argument), nil,
        ]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        let result = unsafe posix_spawn(&started, path, nil, nil, &arguments, environ)
        guard result == 0 else { throw Errno(rawValue: result) }
        pid = started
    }

    deinit {
        kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
    }
}

/// What `command` writes, run by the shell; nil when it fails.
func outputOfCommand(_ command: String) -> String? {
    guard let stream = unsafe popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe fread(&buffer, 1, buffer.count, stream)
        if count == 0 { break }
        bytes += buffer.prefix(count)
    }
    guard unsafe pclose(stream) == 0 else { return nil }
    return String(decoding: bytes, as: UTF8.self)
}
