import CLinux
import Glibc

extension NetlinkSocket {
    /// Makes a veth pair: `name` here, `peer` in `namespace` (`veth(4)`).
    ///
    /// Both are down.
    ///
    /// Needs CAP_NET_ADMIN, as all changes here do. The socket must be of the family `route`.
    mutating func addPair(
        _ name: String, _ peer: String, in namespace: NetworkNamespace
    ) throws(NetlinkError) {
        var request = NetlinkPayload(ifinfomsg())
        request.append(IFLA_IFNAME, text: name)
        request.append(IFLA_LINKINFO) { link in
            link.append(IFLA_INFO_KIND, text: "veth")
            link.append(IFLA_INFO_DATA) { data in
                data.append(VETH_INFO_PEER) { other in
                    other.append(ifinfomsg())
                    other.append(IFLA_IFNAME, text: peer)
                    other.append(IFLA_NET_NS_FD, number: namespace.rawDescriptor)
                }
            }
        }
        try execute(RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, request)
    }

    /// Gives the interface `addresses`, each with the prefix of its link, and brings it up.
    mutating func bringUp(
        _ name: String, with addresses: [IPAddress]
    ) throws(NetlinkError) {
        let index = try index(of: name)
        for address in addresses {
            var header = ifaddrmsg()
            header.ifa_family = UInt8(address.family == .ipv4 ? AF_INET : AF_INET6)
            header.ifa_prefixlen = address.family == .ipv4 ? 30 : 64
            // Without waiting for duplicates: there is nobody else on the link.
            header.ifa_flags = UInt8(IFA_F_NODAD)
            header.ifa_index = index
            var request = NetlinkPayload(header)
            request.append(IFA_LOCAL, address: address)
            request.append(IFA_ADDRESS, address: address)
            try execute(RTM_NEWADDR, flags: NLM_F_CREATE | NLM_F_REPLACE, request)
        }
        var header = ifinfomsg()
        header.ifi_index = Int32(index)
        header.ifi_flags = UInt32(IFF_UP)
        header.ifi_change = UInt32(IFF_UP)
        try execute(RTM_NEWLINK, flags: 0, NetlinkPayload(header))
    }

    /// Sends packets for each address of `range` to `gateway`; the range should hold few.
    mutating func addRoutes(to range: AddressRange, via gateway: IPAddress) throws(NetlinkError) {
        for offset in 0...min(range.span, 1023) {
            let address = IPAddress(range.family, number: range.first.number + offset)
            var header = rtmsg()
            header.rtm_family = UInt8(address.family == .ipv4 ? AF_INET : AF_INET6)
            header.rtm_dst_len = UInt8(address.family.bitCount)
            header.rtm_table = UInt8(RT_TABLE_MAIN.rawValue)
            header.rtm_protocol = UInt8(RTPROT_STATIC)
            header.rtm_scope = UInt8(RT_SCOPE_UNIVERSE.rawValue)
            header.rtm_type = UInt8(RTN_UNICAST)
            var request = NetlinkPayload(header)
            request.append(RTA_DST.rawValue, address: address)
            request.append(RTA_GATEWAY.rawValue, address: gateway)
            try execute(RTM_NEWROUTE, flags: NLM_F_CREATE | NLM_F_REPLACE, request)
        }
    }

    /// Takes the interface away, and the other end of its pair with it.
    mutating func removeInterface(_ name: String) throws(NetlinkError) {
        var header = ifinfomsg()
        header.ifi_index = Int32(try index(of: name))
        try execute(RTM_DELLINK, flags: 0, NetlinkPayload(header))
    }

    private func index(of name: String) throws(NetlinkError) -> UInt32 {
        let index = unsafe if_nametoindex(name)
        guard index > 0 else { throw .failed(.current) }
        return index
    }
}
