import CLinux
import Glibc

extension NetlinkSocket {
    /// Through which interface packets to `target` leave; nil when there is no route, or when they
    /// may leave through several.
    ///
    /// The socket must be of the family `route`.
    mutating func interface(toward target: IPAddress, from source: IPAddress?) -> UInt32? {
        var header = rtmsg()
        header.rtm_family = UInt8(target.family == .ipv4 ? AF_INET : AF_INET6)
        header.rtm_dst_len = UInt8(target.family.bitCount)
        // The route itself, with all its ways, and not the one way that a packet would take.
        header.rtm_flags = UInt32(RTM_F_FIB_MATCH)
        if source != nil { header.rtm_src_len = header.rtm_dst_len }
        var request = NetlinkPayload(header)
        request.append(RTA_DST.rawValue, address: target)
        if let source { request.append(RTA_SRC.rawValue, address: source) }
        guard let answers = try? ask(RTM_GETROUTE, request) else { return nil }
        for answer in answers where answer.type == RTM_NEWROUTE {
            let attributes = NetlinkAttributes(answer, after: MemoryLayout<rtmsg>.size)
            guard !attributes.contains(where: { UInt32($0.type) == RTA_MULTIPATH.rawValue }),
                let header = answer.payload.structure(rtmsg.self)
            else { return nil }
            // What is for this machine goes over loopback, whatever interface has the address.
            if CInt(header.rtm_type) == RTN_LOCAL { return unsafe if_nametoindex("lo") }
            for attribute in attributes where UInt32(attribute.type) == RTA_OIF.rawValue {
                return attribute.value.integer(UInt32.self)
            }
        }
        return nil
    }
}

extension NetworkInterface {
    /// The name of the interface through which packets to all of `targets` leave; nil when they leave
    /// through several, or there are more of them than are looked up.
    ///
    /// In the namespace of the calling thread.
    static func toward(_ targets: TargetSet, from sources: [IPAddress]) -> String? {
        guard targets.count > 0, targets.count <= lookupLimit,
            var socket = try? NetlinkSocket(.route)
        else { return nil }
        var index: UInt32?
        for position in 0..<UInt64(targets.count) {
            let target = targets.address(at: position)
            let source = sources.first { $0.family == target.family }
            guard let found = socket.interface(toward: target, from: source),
                found == index ?? found
            else { return nil }
            index = found
        }
        guard let index else { return nil }
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard unsafe if_indextoname(index, &name) != nil else { return nil }
        return String(
            decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// How many addresses are looked up; each takes some microseconds.
    private static let lookupLimit: UInt128 = 1024
}
