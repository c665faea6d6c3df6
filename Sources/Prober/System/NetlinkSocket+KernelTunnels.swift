import CLinux

/// Generic netlink: parts of the kernel that have a name instead of a number of their own.
extension NetlinkSocket {
    /// The UDP port of the WireGuard interface `index`; nil when it has none.
    ///
    /// The kernel tells it to CAP_NET_ADMIN only, keys and peers with it, which are not kept. The
    /// socket must be of the family `generic`, as it must below.
    package mutating func wireGuardPort(of index: UInt32) throws(NetlinkError) -> UInt16? {
        let family = try number(of: WG_GENL_NAME)
        var request = Self.request(UInt8(WG_CMD_GET_DEVICE.rawValue), UInt8(WG_GENL_VERSION))
        request.append(WGDEVICE_A_IFINDEX.rawValue, number: index)
        return try dump(family, request).messages.lazy.compactMap(Self.wireGuardPort).first
    }

    /// The UDP ports on which the kernel takes packets out of others (`ip-fou(8)`).
    package mutating func tunnelPorts() throws(NetlinkError) -> [UInt16] {
        let family = try number(of: FOU_GENL_NAME)
        let request = Self.request(UInt8(FOU_CMD_GET), UInt8(FOU_GENL_VERSION))
        return try dump(family, request).messages.compactMap(Self.tunnelPort)
    }

    /// The number that the kernel has given to the family called `name`.
    ///
    /// It loads the part of the kernel that has the family, if that is a module.
    mutating func number(of name: String) throws(NetlinkError) -> UInt16 {
        var request = Self.request(UInt8(CTRL_CMD_GETFAMILY), 1)
        request.append(CTRL_ATTR_FAMILY_NAME, text: name)
        for message in try ask(NetlinkMessage.genericController, request) {
            if let number = Self.familyNumber(message) { return number }
        }
        throw .malformed
    }

    private static func request(_ command: UInt8, _ version: UInt8) -> NetlinkPayload {
        var header = genlmsghdr()
        header.cmd = command
        header.version = version
        return NetlinkPayload(header)
    }

    /// The port in an answer about a WireGuard interface, of which the first part alone has it.
    static func wireGuardPort(_ message: NetlinkMessage) -> UInt16? {
        let port: UInt16? = message.genericAttribute(UInt16(WGDEVICE_A_LISTEN_PORT.rawValue))?
            .value.integer()
        return port == 0 ? nil : port
    }

    /// The port in an answer about a receiver of tunnels.
    static func tunnelPort(_ message: NetlinkMessage) -> UInt16? {
        message.genericAttribute(UInt16(FOU_ATTR_PORT))?.value.integer(UInt16.self)
            .map { UInt16(bigEndian: $0) }
    }

    /// The number in an answer about a family.
    static func familyNumber(_ message: NetlinkMessage) -> UInt16? {
        message.genericAttribute(UInt16(CTRL_ATTR_FAMILY_ID))?.value.integer()
    }
}

extension NetlinkMessage {
    /// The family of generic netlink that knows the others: GENL_ID_CTRL.
    fileprivate static let genericController: UInt16 = 16

    fileprivate func genericAttribute(_ type: UInt16) -> NetlinkAttribute? {
        NetlinkAttributes(self, after: MemoryLayout<genlmsghdr>.size).first { $0.type == type }
    }
}
