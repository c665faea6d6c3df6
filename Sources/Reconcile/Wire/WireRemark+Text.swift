import Prober

extension WireRemark {
    /// The remark as a sentence: what was seen, and what it means.
    public var sentence: String {
        switch self {
        case .otherDistance(let answers, let limit, let host, let side):
            let (own, there) = (HopDistance.behind(limit), HopDistance.behind(host))
            let begin =
                "\(answers.text) came with hop limit \(limit), where the host's open ports "
                + "answer with \(host): from "
            return switch side {
            case .nearer:
                begin + "a box on the way, \(own), and not from the host, which is \(there)."
            case .farther: begin + "farther away, \(own), where the host is \(there)."
            }
        case .otherInitial(let answers, let limit, let host):
            return
                "\(answers.text) came with hop limit \(limit), where the host's open ports answer "
                + "with \(host). Both may have come equally far, if the host begins with another "
                + "limit for them: it does not tell whether another box answered."
        case .severalDistances(let kind, let transport, let limits):
            let list = limits.map(String.init).joined(separator: ", ")
            return "Its \(kind.plural) over \(transport.rawValue) came from several "
                + "distances (hop limits \(list)): more than one machine answers for the address."
        case .zeroWindow(let ports):
            return
                "The SYN-ACK of \(Transport.tcp.text(ports)) has window 0, so no byte may follow: "
                + "proxies and tarpits answer so before they know of a service."
        case .noOptions(let ports):
            return "The SYN-ACK of \(Transport.tcp.text(ports)) has no option, although the SYN "
                + "offered some: SYN proxies and firewalls answer so, current systems do not."
        case .stranger(let address, let transport, let ports):
            return "\(address), which was not asked, answered for \(transport.text(ports))."
        case .duplicates(let transport, let ports):
            return
                "An answer for \(transport.text(ports)) came more than once, the same to the last "
                + "bit: the network copied it."
        case .repeatedAccepts(let ports):
            return "The SYN-ACK of \(Transport.tcp.text(ports)) was sent again: the end of the "
                + "handshake did not arrive, or was not heeded."
        case .resetAfterAccept(let ports, let limit, let accept):
            return "After the SYN-ACK of \(Transport.tcp.text(ports)) came a reset"
                + Self.comparison(limit, accept)
        case .acceptAfterReset(let ports, let limit, let reset):
            return "After the reset of \(Transport.tcp.text(ports)) came a SYN-ACK"
                + Self.comparison(limit, reset)
        }
    }

    private static func comparison(_ second: UInt8, _ first: UInt8) -> String {
        if second == first { return ", both with hop limit \(first)." }
        let end = ", with hop limit \(second) after \(first)"
        return HopDistance.mayBeEqual(second, first)
            ? end + "." : end + ": they are not from one machine."
    }
}

extension WireRemark.Kind {
    /// The name of several.
    var plural: String {
        switch self {
        case .accept: "SYN-ACKs"
        case .reset: "resets"
        case .datagram: "datagrams"
        case .icmpError: "ICMP errors in its name"
        }
    }

    /// The name of one.
    var singular: String {
        switch self {
        case .accept: "SYN-ACK"
        case .reset: "reset"
        case .datagram: "datagram"
        case .icmpError: "ICMP error in its name"
        }
    }
}

extension WireRemark.Answers {
    /// `The reset of tcp port 23`, `The resets of 4 tcp ports (20-23)`.
    fileprivate var text: String {
        "The \(ports.count == 1 ? kind.singular : kind.plural) of \(transport.text(ports))"
    }
}

extension Transport {
    /// `tcp port 23`, `4 tcp ports (20-23)`.
    func text(_ ports: PortSet) -> String {
        ports.count == 1
            ? "\(rawValue) port \(ports)"
            : "\(ports.count) \(rawValue) ports (\(ports.description.shortened))"
    }
}
