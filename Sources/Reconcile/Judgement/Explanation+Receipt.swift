import Prober

extension Receipt.Account {
    /// What became of the probes, and what shows it, as a phrase.
    public var explanation: String { clauses.joined(separator: "; ") }

    /// The same as sentences.
    public var sentences: [String] { clauses.map { $0.withCapital + "." } }

    private var clauses: [String] {
        [fateText + answerText + placeText] + proofs.map { text(of: $0) }
    }

    /// Which rule stopped them.
    private var placeText: String {
        if case .stopped(let rule) = fate { ": \(rule.placeAndText)" } else { "" }
    }

    private var fateText: String {
        switch fate {
        case .neverArrived: "the probes never came to the host"
        case .arrived: "the probes came to the host"
        case .stopped: "a rule of the host stopped the probes"
        case .noPort: "the probes came to a port where nothing listens"
        case .delivered: "the probes reached the socket"
        case .queueFull: "the probes reached a socket that had no room for them"
        }
    }

    private var answerText: String {
        switch answer {
        case nil: ""
        // What never came is not answered anyway.
        case .nothing where fate == .neverArrived: ""
        case .nothing: ", and the host sent nothing back"
        case .handshake: ", and the host answered with a handshake"
        case .reset: ", and the host answered with a reset"
        case .datagram: ", and the host answered with a datagram"
        case .icmpError: ", and the host answered with an ICMP error"
        }
    }

    private func text(of proof: Receipt.Proof) -> String {
        switch proof {
        case .counter(let counter, let rise, let probes):
            return "the host counted \(counter.text(of: rise)) while \(probes.sent)"
        case .ruleCounter(let rule, let rise, let probes):
            let name =
                fate == .stopped(rule) ? "its counter" : "the counter of \(rule.placeAndText)"
            return "\(name) rose by \(rise.grouped) while \(probes.sent)"
        case .socket(let bytes, let drops, let probes):
            let waiting =
                "\(bytes.grouped) more \(bytes == 1 ? "byte" : "bytes") waited at its socket"
            let dropped = drops == 0 ? "" : ", and the socket dropped \(drops.grouped) more,"
            return "\(waiting)\(dropped) while \(probes.sent)"
        case .captured(let packets, let interface):
            let count =
                switch packets {
                case 0: "none of the probes was"
                case 1: "1 of the probes was"
                case _: "\(packets.grouped) of the probes were"
                }
            let place =
                interface != Witness.allInterfaces
                ? interface.shortened : packets == 0 ? "any interface" : "its interfaces"
            return "\(count) captured at \(place)"
        }
    }
}

extension UInt64 {
    /// `1 was sent`, `65,529 were sent`.
    fileprivate var sent: String { "\(grouped) \(self == 1 ? "was" : "were") sent" }
}

extension KernelCounter {
    /// So many of what it counts, as a phrase.
    fileprivate func text(of count: UInt64) -> String {
        let (one, many, rest) = words
        return "\(count.grouped) \(count == 1 ? one : many) \(rest)"
    }

    /// What it counts: one, several, and what is to be said of both.
    private var words: (String, String, String) {
        switch self {
        case .ipReceived, .ip6Received: ("packet", "packets", "that came")
        case .ipDelivered, .ip6Delivered: ("packet", "packets", "past its rules")
        case .ipDiscarded, .ip6Discarded: ("packet", "packets", "that it dropped")
        case .udpRead, .udp6Read: ("datagram", "datagrams", "that programs read")
        case .udpNoPort, .udp6NoPort: ("datagram", "datagrams", "to ports where nothing listens")
        case .udpErrors, .udp6Errors: ("datagram", "datagrams", "that sockets did not keep")
        case .udpBufferFull, .udp6BufferFull:
            ("datagram", "datagrams", "for which sockets had no room")
        case .udpMemoryFull, .udp6MemoryFull:
            ("datagram", "datagrams", "for which UDP had no memory left")
        case .udpChecksum, .udp6Checksum: ("datagram", "datagrams", "with a wrong checksum")
        case .tcpReceived: ("segment", "segments", "that came")
        case .tcpPassiveOpens: ("connection", "connections", "that came in")
        case .tcpResets: ("reset", "resets", "that it sent")
        case .listenOverflows: ("connection", "connections", "for which listeners had no room")
        case .listenDrops: ("connection", "connections", "that listeners dropped")
        case .handshakesFull:
            ("first segment", "first segments", "dropped among too many handshakes")
        case .handshakeCookies: ("first segment", "first segments", "answered with a cookie")
        case .reversePathFiltered:
            ("packet", "packets", "dropped because no route leads back through where they came in")
        case .icmpUnreachable, .icmp6Unreachable: ("ICMP error", "ICMP errors", "that it sent")
        case .icmpLimited, .icmp6Limited:
            ("ICMP error", "ICMP errors", "over the limit for all peers")
        case .icmpLimitedForPeer, .icmp6LimitedForPeer:
            ("ICMP error", "ICMP errors", "over the limit for one peer")
        }
    }
}

// What a receipt changes in the sentence of a verdict.
extension Finding {
    /// What is to be said of datagrams that reach a listener, as a sentence.
    var deliveryExplanation: String {
        let end =
            switch receipt {
            case .answered: "the listener, whose answer never comes back"
            case .queueFull: "the listener, which has no room for them"
            case .unknown, .disputed, .neverArrived, .arrived, .ignored, .refused, .stopped,
                .noPort, .delivered:
                "the listener, which says nothing"
            }
        return switch stance.meaning {
        case .open: "Delivered, as declared: datagrams reach \(end)."
        case .closed: "Delivered, but declared closed: datagrams reach \(end)."
        case .undeclared: "Delivered, but not declared: datagrams reach \(end)."
        case .undecided: "Delivered: datagrams reach \(end)."
        }
    }

    /// Who answers where nothing on the host explains it, as a sentence.
    var phantomExplanation: String {
        switch receipt {
        case .neverArrived:
            "Reachable, though the probes never came to the host: something in front of it answers."
        case .ignored: "Reachable, though the host sent no answer: something else answers."
        case .refused: "Reachable, though the host refused the probes: something else answers."
        case .stopped:
            "Reachable, though a rule of the host stopped the probes: something else answers."
        case .noPort:
            "Reachable, though the probes found no listener on the host: something else answers."
        case .answered:
            "Reachable, and the host itself answers, though nothing on it listens for this address."
        case .unknown, .disputed, .arrived, .delivered, .queueFull:
            "Reachable, though nothing on the host listens for this address."
        }
    }

    /// In which way rules and observation disagree, as a sentence.
    var contradictionExplanation: String {
        switch receipt {
        case .stopped where firewall.isAccept:
            "Not reachable: a rule of the host stopped the probes, though its rules, as they were "
                + "read, let them in."
        case .noPort, .delivered, .queueFull, .answered:
            "Not reachable, but the probes got past the host's rules, which stop them as they were "
                + "read."
        case .refused where firewall.isDrop:
            "Not reachable: the host refused the probes, which its rules drop as they were read."
        case .unknown, .disputed, .neverArrived, .arrived, .ignored, .refused, .stopped:
            "Not reachable, but not in the way in which the host's rules stop it."
        }
    }

    /// What the host says of the rule that stops, as the end of a sentence.
    var confirmation: String { receipt == .stopped ? ", as the host confirms" : "" }

    /// Who filters what the rules let in.
    var otherFilter: String {
        switch receipt {
        // It came to the host, which said nothing.
        case .ignored: "something on the host that is no rule of its firewall"
        case .unknown, .disputed, .neverArrived, .arrived, .answered, .refused, .stopped, .noPort,
            .delivered, .queueFull:
            "something else"
        }
    }

    /// Who refused in the host's name, as the end of a sentence.
    var foreignRefusal: String {
        switch receipt {
        case .ignored: "by something else: the host got the probes and sent nothing"
        case .answered: "on the way back: the host itself answered"
        case .stopped: "by something else: the host's rules stopped the probes in silence"
        case .unknown, .disputed, .neverArrived, .arrived, .refused, .noPort, .delivered,
            .queueFull:
            "on the way: the probes never came to the host"
        }
    }

    /// How a port that refuses is called: nobody refused where only the host tells of it.
    var refusal: String { isSilent ? "closed" : "refused" }

    /// Which way is blocked.
    var way: String { receipt == .answered ? "back from" : "to" }

    /// Whether nothing came back.
    var isSilent: Bool {
        guard let sighting, !sighting.evidence.isEmpty else { return false }
        return sighting.evidence.allSatisfy { evidence in
            switch evidence {
            case .silence, .unanswered: true
            case .handshake, .exchange, .reset, .icmp, .reply, .localFailure: false
            }
        }
    }
}

extension FirewallView {
    /// Whether the rules are known to let it in.
    var isAccept: Bool {
        if case .decided(.accept, _) = self { true } else { false }
    }

    /// Whether the rules are known to drop it.
    fileprivate var isDrop: Bool {
        if case .decided(.drop, _) = self { true } else { false }
    }
}
