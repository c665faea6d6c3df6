import CLinux

/// One message of a netlink answer.
package struct NetlinkMessage: Hashable {
    /// What kind of message; the numbers depend on the netlink family.
    package var type: UInt16
    /// The NLM_F flags.
    package var flags: UInt16
    /// The number of the request that it answers.
    package var sequence: UInt32
    /// What follows the header, without padding.
    package var payload: ArraySlice<UInt8>

    /// The messages in `bytes`, or nil when a header contradicts the bytes there are.
    package static func messages(in bytes: ArraySlice<UInt8>) -> [NetlinkMessage]? {
        var messages: [NetlinkMessage] = []
        var rest = bytes
        while !rest.isEmpty {
            guard let header = rest.structure(nlmsghdr.self) else { return nil }
            let length = Int(header.nlmsg_len)
            guard length >= headerByteCount, length <= rest.count else { return nil }
            messages.append(
                NetlinkMessage(
                    type: header.nlmsg_type, flags: header.nlmsg_flags,
                    sequence: header.nlmsg_seq,
                    payload: rest.prefix(length).dropFirst(headerByteCount)))
            rest = rest.dropFirst(length.paddedToNetlink)
        }
        return messages
    }

    static let headerByteCount = MemoryLayout<nlmsghdr>.size
}

extension Int {
    /// The next multiple of four: netlink aligns headers, attributes and messages so.
    var paddedToNetlink: Int { (self + 3) & ~3 }
}
