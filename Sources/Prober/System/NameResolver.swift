import CLinux
import Glibc
public import SystemPackage

/// Asks the C library for the addresses of host names, as the machine is set up to find them.
public enum NameResolver {
    /// Every address of `name`, IPv4 and IPv6, each once, in the order the resolver prefers.
    ///
    /// May wait for DNS as long as `resolv.conf` allows. `name` should come from
    /// ``TargetWord/name(_:)``: the C library reads some malformed addresses as numbers.
    public static func addresses(
        of name: String
    ) throws(NameResolutionError) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        let number = errno
        guard code == 0 else {
            throw NameResolutionError(
                name: name, code: code, text: unsafe String(cString: gai_strerror(code)),
                systemError: code == EAI_SYSTEM ? Errno(rawValue: number) : nil)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe address(in: entry.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        guard !addresses.isEmpty else {
            throw NameResolutionError(
                name: name, code: EAI_NONAME, text: "it has no IPv4 or IPv6 address")
        }
        return addresses
    }

    private static func address(in entry: addrinfo) -> IPAddress? {
        guard let address = unsafe entry.ai_addr else { return nil }
        return unsafe SocketAddress.address(
            in: UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen)))
    }
}

/// A host name that has no address, or whose address could not be found out.
public struct NameResolutionError: Error, Hashable, Sendable {
    /// The name asked for.
    public let name: String
    /// The resolver's code, one of the `EAI_` constants.
    public let code: Int32
    /// The resolver's own words for the code.
    public let text: String
    /// What the kernel said, when the code is `EAI_SYSTEM`.
    public let systemError: Errno?

    /// An error about `name`.
    init(name: String, code: Int32, text: String, systemError: Errno? = nil) {
        self.name = name
        self.code = code
        self.text = text
        self.systemError = systemError
    }
}

extension NameResolutionError {
    /// What happened, as a sentence without a full stop.
    public var problem: String {
        let cause = systemError.map { "\(text): \($0)" } ?? text
        return isTemporary
            ? "\"\(name)\" could not be resolved: \(cause)"
            : "\"\(name)\" has no address: \(cause)"
    }

    /// What to do next, as a full sentence.
    public var remedy: String {
        isTemporary
            ? "Check /etc/resolv.conf and the network, or write the host's address."
            : "Check the spelling, or write the host's address."
    }

    /// Whether nobody could be asked, which says nothing of the name.
    private var isTemporary: Bool { code == EAI_AGAIN || code == EAI_SYSTEM }
}
