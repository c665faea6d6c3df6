import Prober

extension Matcher {
    /// One of the ways a translation may turn out.
    struct Translated {
        /// The packet after it; nil when that cannot be told.
        var packet: Packet?
        var condition = PortCondition.always
        var reasons: [FirewallUnknown] = []
    }

    /// `packet` after `translation`, which is of its family.
    func translated(
        _ packet: Packet, by translation: DestinationTranslation
    ) -> [Translated] {
        switch translation.target {
        case .here: return here(packet, translation.ports)
        case .same: return to(packet.destination, translation.ports, packet)
        case .addresses(let range):
            guard range.lowerBound == range.upperBound else {
                return to(.unknown(.translation), translation.ports, packet)
            }
            return to(
                .known(IPAddress(packet.family, number: range.lowerBound)), translation.ports,
                packet)
        case .mapped(let key, let source):
            return mapped(packet, key, source, translation.ports)
        case .unknown(let text): return [Translated(reasons: [.notUnderstood(text)])]
        }
    }

    private func mapped(
        _ packet: Packet, _ key: Key, _ source: ValueSource, _ ports: ClosedRange<UInt16>?
    ) -> [Translated] {
        guard let map = map(source, packet) else {
            if case .named(let name) = source {
                return [Translated(reasons: [.unreadableSet(name)])]
            }
            return [Translated(reasons: [.translation])]
        }
        return lookUp(key, in: map, packet).flatMap { fields, condition -> [Translated] in
            guard (1...2).contains(fields.count), case .range(let addresses) = fields[0],
                addresses.lowerBound == addresses.upperBound
            else { return [Translated(condition: condition, reasons: [.translation])] }
            var ports = ports
            if fields.count == 2 {
                guard case .range(let range) = fields[1],
                    let lower = UInt16(exactly: range.lowerBound),
                    let upper = UInt16(exactly: range.upperBound)
                else { return [Translated(condition: condition, reasons: [.translation])] }
                ports = lower...upper
            }
            let address = IPAddress(packet.family, number: addresses.lowerBound)
            return to(.known(address), ports, packet).map { part in
                var part = part
                part.condition = part.condition.and(condition)
                return part
            }
        }
    }

    /// Redirect: the first address of the interface the packet came in through; loopback for what
    /// the host itself sends.
    private func here(_ packet: Packet, _ ports: ClosedRange<UInt16>?) -> [Translated] {
        if packet.input == .none {
            let loopback: UInt128 = packet.family == .ipv4 ? 0x7f00_0001 : 1
            return to(.known(IPAddress(packet.family, number: loopback)), ports, packet)
        }
        guard case .name(let name) = packet.input else {
            return to(.someLocal, ports, packet)
        }
        let held = context.host.addresses.filter {
            $0.interface == name && $0.address.family == packet.family
                && !$0.address.isLinkLocal
        }
        if held.count == 1, let only = held.first {
            return to(.known(only.address), ports, packet)
        }
        return to(.someLocal, ports, packet)
    }

    private func to(
        _ address: AddressFact, _ ports: ClosedRange<UInt16>?, _ packet: Packet
    ) -> [Translated] {
        var translated = packet
        translated.isDestinationChosen = true
        translated.destination = address
        let isSameAddress: Bool? =
            switch (address, packet.destination) {
            case (.known(let new), .known(let old)): new == old
            case (.known, _), (.someLocal, _), (.unknown, _): nil
            }
        guard let ports else {
            return [Translated(packet: translated.marked(isTranslated: isSameAddress.map { !$0 }))]
        }
        guard ports.lowerBound == ports.upperBound else {
            translated.destinationPort = .oneOf(ports, .translation)
            return [Translated(packet: translated.marked(isTranslated: nil))]
        }
        translated.destinationPort = .fixed(ports.lowerBound)
        let changed = Translated(packet: translated.marked(isTranslated: true))
        if isSameAddress == false { return [changed] }
        // The kernel does not call it translated when everything stays as it was.
        guard packet.destinationPort == .probed else {
            return [Translated(packet: translated.marked(isTranslated: nil))]
        }
        let same = PortCondition(yes: PortSet([ports]))
        return [
            Translated(packet: changed.packet, condition: same.negated),
            Translated(
                packet: translated.marked(isTranslated: isSameAddress.map { !$0 }),
                condition: same),
        ]
    }
}

extension Packet {
    /// The packet once the kernel has noted whether its destination was changed.
    fileprivate func marked(isTranslated: Bool?) -> Packet {
        var packet = self
        packet.isTranslated =
            isTranslated == false && self.isTranslated == true ? true : isTranslated
        switch packet.isTranslated {
        case true?:
            packet.status.value |= Self.destinationTranslated
            packet.status.known |= Self.destinationTranslated
        case nil: packet.status.known &= ~Self.destinationTranslated
        case false?: break
        }
        return packet
    }
}
