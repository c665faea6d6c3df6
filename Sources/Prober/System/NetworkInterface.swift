import CLinux
import Glibc

/// A network interface of a namespace.
package struct NetworkInterface: Hashable {
    /// The kernel's number for it.
    package var index: UInt32
    package var name: String
    /// Whether it was brought up; the addresses of one that is down do not answer.
    package var isUp: Bool

    /// Whether the namespace of the calling thread has an interface called `name`.
    package static func exists(_ name: String) -> Bool {
        unsafe if_nametoindex(name) != 0
    }
}

/// An address on an interface.
package struct InterfaceAddress: Hashable {
    package var address: IPAddress
    /// The length of its network prefix, in bits.
    package var prefixLength: Int
    /// The interface that holds it.
    package var interfaceIndex: UInt32
}

extension NetlinkSocket {
    /// Every interface of the namespace.
    ///
    /// The socket must be of the family `route`.
    package mutating func interfaces() throws(NetlinkError) -> (
        interfaces: [NetworkInterface], isInterrupted: Bool
    ) {
        let dump = try dump(RTM_GETLINK, NetlinkPayload(ifinfomsg()))
        let interfaces = dump.messages.compactMap { message -> NetworkInterface? in
            guard message.type == RTM_NEWLINK,
                let header = message.payload.structure(ifinfomsg.self)
            else { return nil }
            let attributes = NetlinkAttributes(message, after: MemoryLayout<ifinfomsg>.size)
            guard let name = attributes.first(where: { $0.type == IFLA_IFNAME })?.text
            else { return nil }
            return NetworkInterface(
                index: UInt32(bitPattern: header.ifi_index), name: name,
                isUp: header.ifi_flags & UInt32(IFF_UP) != 0)
        }
        return (interfaces, dump.isInterrupted)
    }

    /// Every address of the namespace that is not refused as a duplicate.
    ///
    /// The socket must be of the family `route`.
    package mutating func interfaceAddresses() throws(NetlinkError) -> (
        addresses: [InterfaceAddress], isInterrupted: Bool
    ) {
        let dump = try dump(RTM_GETADDR, NetlinkPayload(ifaddrmsg()))
        let addresses = dump.messages.compactMap { message -> InterfaceAddress? in
            guard message.type == RTM_NEWADDR,
                let header = message.payload.structure(ifaddrmsg.self)
            else { return nil }
            var flags = UInt32(header.ifa_flags)
            var local: IPAddress?
            var peer: IPAddress?
            for attribute in NetlinkAttributes(message, after: MemoryLayout<ifaddrmsg>.size) {
                switch Int(attribute.type) {
                case IFA_LOCAL: local = attribute.value.address
                case IFA_ADDRESS: peer = attribute.value.address
                case IFA_FLAGS: flags = attribute.value.integer() ?? flags
                default: break
                }
            }
            // On a point-to-point interface IFA_ADDRESS is the other end.
            guard let address = local ?? peer, flags & UInt32(IFA_F_DADFAILED) == 0 else {
                return nil
            }
            return InterfaceAddress(
                address: address, prefixLength: Int(header.ifa_prefixlen),
                interfaceIndex: header.ifa_index)
        }
        return (addresses, dump.isInterrupted)
    }
}
