import CLinux
import Glibc

/// A network interface of a namespace.
package struct NetworkInterface: Hashable, Sendable {
    /// The kernel's number for it.
    package var index: UInt32
    package var name: String
    /// Whether it was brought up; the addresses of one that is down do not answer.
    package var isUp: Bool
    /// What kind of virtual device it is: `veth`, `bridge`, `macvlan`; nil for a real one.
    package var kind: String?
    /// The number of the other end of a veth pair, or of the device that it rides on.
    package var link: UInt32?
    /// The namespace of that one, by the number that this namespace has for it; nil for this one.
    package var linkNamespace: Int32?
    /// The UDP port on which the kernel takes packets of a VXLAN, GENEVE or WireGuard tunnel.
    package var tunnelPort: UInt16?
    /// The number of the bridge, bond or VRF that it is a port of.
    package var master: UInt32?

    /// An interface of the given parts.
    package init(
        index: UInt32, name: String, isUp: Bool, kind: String? = nil, link: UInt32? = nil,
        linkNamespace: Int32? = nil, master: UInt32? = nil, tunnelPort: UInt16? = nil
    ) {
        self.index = index
        self.name = name
        self.isUp = isUp
        self.kind = kind
        self.link = link
        self.linkNamespace = linkNamespace
        self.master = master
        self.tunnelPort = tunnelPort
    }

    /// Whether the namespace of the calling thread has an interface called `name`.
    package static func exists(_ name: String) -> Bool {
        unsafe if_nametoindex(name) != 0
    }
}

extension NetworkInterface {
    /// Takes over what IFLA_LINKINFO says; the kernel writes the kind before what belongs to it.
    fileprivate mutating func setKind(_ attributes: NetlinkAttributes) {
        for attribute in attributes {
            switch Int(attribute.type) {
            case IFLA_INFO_KIND: kind = attribute.text
            case IFLA_INFO_DATA:
                let port = kind == "vxlan" ? IFLA_VXLAN_PORT : IFLA_GENEVE_PORT
                guard kind == "vxlan" || kind == "geneve",
                    let value = attribute.nested.first(where: { Int($0.type) == Int(port) })?.value
                else { break }
                tunnelPort = value.integer(UInt16.self).map { UInt16(bigEndian: $0) }
            default: break
            }
        }
    }
}

/// An address on an interface.
package struct InterfaceAddress: Hashable, Sendable {
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
            var interface = NetworkInterface(
                index: UInt32(bitPattern: header.ifi_index), name: "",
                isUp: header.ifi_flags & UInt32(IFF_UP) != 0)
            for attribute in NetlinkAttributes(message, after: MemoryLayout<ifinfomsg>.size) {
                switch Int(attribute.type) {
                case IFLA_IFNAME: interface.name = attribute.text
                case IFLA_LINK: interface.link = attribute.value.integer()
                case IFLA_LINK_NETNSID: interface.linkNamespace = attribute.value.integer()
                case IFLA_MASTER: interface.master = attribute.value.integer()
                case IFLA_LINKINFO: interface.setKind(attribute.nested)
                default: break
                }
            }
            return interface.name.isEmpty ? nil : interface
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
