import CLinux

/// The bytes of a netlink request after its header, built piece by piece in kernel alignment.
///
/// Written first to last: the family's own structure, then attributes.
package struct NetlinkPayload {
    /// What was written so far; its length is a multiple of four.
    package private(set) var bytes: [UInt8] = []

    /// An empty payload.
    package init() {}

    /// A payload that starts with the family's `structure`, which must have been set to zero
    /// before its fields were.
    package init<Structure: BitwiseCopyable>(_ structure: Structure) { append(structure) }

    /// Adds a kernel structure, as at the start of a payload or of some nested attributes.
    package mutating func append<Structure: BitwiseCopyable>(_ structure: Structure) {
        bytes += [UInt8](of: structure)
        pad()
    }

    /// Adds an attribute that holds `value`.
    ///
    /// `value` must be shorter than 65,532 bytes.
    package mutating func append(_ type: some BinaryInteger, _ value: some Collection<UInt8>) {
        var header = nlattr()
        header.nla_type = UInt16(type)
        header.nla_len = UInt16(MemoryLayout<nlattr>.size + value.count)
        bytes += [UInt8](of: header)
        bytes += value
        pad()
    }

    /// Adds an attribute that holds a number in host byte order.
    package mutating func append(
        _ type: some BinaryInteger, number: some FixedWidthInteger & BitwiseCopyable
    ) {
        append(type, [UInt8](of: number))
    }

    /// Adds an attribute that holds `text` and a zero byte.
    package mutating func append(_ type: some BinaryInteger, text: String) {
        append(type, Array(text.utf8) + [0])
    }

    /// Adds an attribute that holds an address in network byte order.
    package mutating func append(_ type: some BinaryInteger, address: IPAddress) {
        switch address {
        case .v4(let bits): append(type, number: bits.bigEndian)
        case .v6: append(type, number: address.number.bigEndian)
        }
    }

    /// Adds an attribute that holds what `fill` writes.
    package mutating func append(
        _ type: some BinaryInteger, nested fill: (inout NetlinkPayload) -> Void
    ) {
        var inner = NetlinkPayload()
        fill(&inner)
        append(UInt16(type) | nestedFlag, inner.bytes)
    }

    private mutating func pad() {
        bytes += Array(repeating: 0, count: bytes.count.paddedToNetlink - bytes.count)
    }
}

/// NLA_F_NESTED, a C expression that Swift cannot import.
private let nestedFlag: UInt16 = 1 << 15
