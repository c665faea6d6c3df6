import Prober

extension ReceiptHypothesis {
    /// What may become of packets to ports where `place` is, for which the rules have `way`;
    /// `isAnswered` where connections were made there.
    static func all(
        over transport: Transport, _ family: IPAddress.Family, _ place: ReceiptPlace,
        _ way: ReceiptWay, isAnswered: Bool = false
    ) -> [ReceiptHypothesis] {
        var all: [ReceiptHypothesis] = []
        if let rule = way.rule, let key = HostReading.RuleKey(counted: rule) {
            all.append(ReceiptHypothesis(.stopped(rule), .each(.rule(key))))
        }
        let counters = family.datagramCounters
        switch (transport, place.hasSocket) {
        case (.udp, false):
            all.append(ReceiptHypothesis(.noPort, .each(.counter(counters.noPort))))
        // The prober ends its own connections with resets.
        case (.tcp, false) where isAnswered:
            all.append(
                ReceiptHypothesis(
                    .arrived, .each(.counter(.tcpPassiveOpens)), answer: .handshake))
        case (.tcp, false):
            all.append(
                ReceiptHypothesis(.noPort, .each(.counter(.tcpResets)), answer: .reset))
        case (.udp, true):
            // A filter on the socket and a wrong checksum are drops as well.
            if place.tellsDrops {
                all.append(
                    ReceiptHypothesis(.queueFull, .both(.drops(place.sockets), .noRoom(.udp))))
            }
            if place.tellsBytes {
                all.append(ReceiptHypothesis(.delivered, .share(.bytes(place.sockets))))
            }
            all.append(ReceiptHypothesis(.delivered, .each(.counter(counters.read))))
        case (.tcp, true):
            all.append(
                ReceiptHypothesis(
                    .queueFull,
                    place.tellsDrops
                        ? .both(.drops(place.sockets), .noRoom(.tcp)) : .each(.noRoom(.tcp))))
        }
        if !way.isAtDevice {
            all.append(ReceiptHypothesis(.arrived, .each(.undelivered(family))))
            if way.isKnown { all.append(ReceiptHypothesis(.neverArrived, .absent(family))) }
        }
        return all
    }
}
