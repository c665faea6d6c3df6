import CLinux

/// The attributes in a stretch of a netlink message, in the order they stand there.
///
/// Reading ends at the first attribute that contradicts the bytes there are; no bytes trap.
package struct NetlinkAttributes: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    /// The attributes in `bytes`, which start with an attribute header.
    package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The attributes of `message` after a family header of `byteCount` bytes.
    package init(_ message: NetlinkMessage, after byteCount: Int) {
        rest = message.payload.dropFirst(byteCount.paddedToNetlink)
    }

    /// The next attribute, or nil at the end.
    package mutating func next() -> NetlinkAttribute? {
        let headerByteCount = MemoryLayout<nlattr>.size
        guard let header = rest.structure(nlattr.self) else { return nil }
        let length = Int(header.nla_len)
        guard length >= headerByteCount, length <= rest.count else {
            rest = []
            return nil
        }
        let value = rest.prefix(length).dropFirst(headerByteCount)
        rest = rest.dropFirst(length.paddedToNetlink)
        return NetlinkAttribute(type: header.nla_type & attributeTypeMask, value: value)
    }
}

/// One attribute of a netlink message.
package struct NetlinkAttribute: Hashable {
    /// Its number, without the flags for nesting and byte order.
    package var type: UInt16
    /// Its bytes, without padding.
    package var value: ArraySlice<UInt8>

    /// The attributes inside this one.
    package var nested: NetlinkAttributes { NetlinkAttributes(value) }

    /// The text up to the first zero byte; bytes that are no UTF-8 are replaced.
    package var text: String { String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
}

/// NLA_TYPE_MASK, a C expression that Swift cannot import.
private let attributeTypeMask = ~UInt16(1 << 15 | 1 << 14)
