import Prober

extension RecordedFinding {
    /// What was found.
    var foundSentences: [String] {
        ["\(result.uppercased()) \(code) \(name), severity \(severity).", explanation]
    }

    /// What was asked, and from where.
    func askedSentences(in whole: RecordedResult) -> [String] {
        let vantage = whole.vantage
        let own = (vantage?.addresses ?? []).filter { $0.family == addresses.family }
        let sources = own.isEmpty ? "" : " (\(own.map(\.description).joined(separator: ", ")))"
        if isPredicted {
            let place = vantage.map { " from \($0.name)\(sources)" } ?? ""
            return ["No packet was sent: the rules were followed, as a packet\(place) would go."]
        }
        guard !isSupplement || !evidence.isEmpty else {
            return ["No probe asked: this is what the host itself tells of the port."]
        }
        guard !evidence.isEmpty else {
            return ["Nothing was asked: no probe was sent here before the scan ended."]
        }
        let place = vantage.map { "\($0.name)\(sources)" } ?? "A scan"
        let what =
            switch transport {
            case .tcp: "a connection"
            case .udp: "the service that is expected there"
            }
        let begun = whole.scan.map { ", in a scan begun at \($0.started)" } ?? ""
        return ["\(place) asked for \(what) \(Int(attempts).counting("time"))\(begun)."]
    }

    /// What came back, and from whom.
    var answerSentences: [String] {
        evidence.enumerated().map { number, one in
            let time = number == 0 ? "" : "At another time: "
            return time + sentence(on: one)
        }
    }

    private func sentence(on evidence: Evidence) -> String {
        let isHost = { (address: IPAddress) in self.addresses.contains(address) }
        return switch evidence {
        case .handshake: "The handshake was completed: something takes connections."
        case .exchange(let exchange): "The handshake was completed, \(exchange.explanation)."
        case .reset: "A TCP reset came back, without any ICMP error: the port was refused."
        case .reply(let service?): "A valid \(service.rawValue) reply came back."
        case .reply(nil): "A datagram came back that answers none of our requests."
        case .icmp(let error, let reporter):
            isHost(reporter)
                ? "The host itself sent \(error)."
                : "\(reporter), another address, sent \(error)."
        case .silence: "Nothing came back."
        case .unanswered(let silence): "Nothing came back\(silence.explanation)."
        case .localFailure(let failure):
            "The probe never left as it should: \(failure.explanation)."
        }
    }

    /// What the rules do, and which decides.
    var ruleSentences: [String] {
        // What is said of a socket holds whatever packets come.
        if firewall.reasons == ["not-asked"] { return [] }
        var sentences: [String] = []
        switch firewall.outcome {
        case "accept": sentences.append("The host's rules let it in.")
        case "drop": sentences.append("The host's rules drop it.")
        case "reject":
            sentences.append(
                "The host's rules reject it\(firewall.reject.map { " with \($0)" } ?? "").")
        case "translate":
            sentences.append("The host's rules send it to \(firewall.target ?? "another place").")
        default:
            let reasons = firewall.reasons.map { $0 == "rules-not-read" ? "nobody read them" : $0 }
            sentences.append(
                "What the host's rules do is not known"
                    + (reasons.isEmpty ? "." : ": \(reasons.joined(separator: "; "))."))
        }
        if let rule = firewall.rules.last {
            let place = "chain \(rule.chain) of table \(rule.family) \(rule.table)"
            sentences.append("It is decided in \(place): `\(rule.text.shortened)`.")
        } else if ["accept", "drop", "reject"].contains(firewall.outcome) {
            sentences.append("No rule speaks of it.")
        }
        return sentences
    }

    /// Who listens.
    var listenerSentences: [String] {
        let list = listeners.map(\.explanation).joined(separator: "; ")
        switch view {
        case "listening": return ["\(list) takes it."]
        case "loopback-only": return ["Only the host itself reaches who listens: \(list)."]
        case "elsewhere": return ["Who has the port takes nothing to this address: \(list)."]
        case "none":
            return [
                isSupplement
                    ? "No list of the host's sockets has the port."
                    : "Nothing on the host has the port."
            ]
        case "changed": return ["Who listens changed while the scan ran: \(list)."]
        case "unknown":
            let hint = list.isEmpty ? "" : " Perhaps it is this: \(list)."
            return ["Who listens is not known: \(doubts.joined(separator: "; ")).\(hint)"]
        default: return list.isEmpty ? [] : ["On the host (\(view)): \(list)."]
        }
    }

    /// What was declared.
    var policySentences: [String] {
        let place = policy.location.map { " at \($0)" } ?? ""
        let terms =
            (policy.holders.isEmpty ? "" : ", held by \(policy.holders.joined(separator: " or "))")
            + (policy.until.map { ", until \($0)" } ?? "")
        var sentences =
            switch policy.stance {
            case "open": ["It is declared open\(terms)\(place)."]
            case "closed": ["It is declared closed\(place)."]
            case "undeclared":
                policy.location == nil
                    ? ["Nobody declared it, so it is not meant to be reachable."]
                    : ["Nobody declared it, so it is meant to be closed like the rest\(place)."]
            default:
                [
                    "It is declared for some sources only\(place), and whether the probes came from "
                        + "one of them is not known."
                ]
            }
        if let reason = policy.reason { sentences.append("The reason given: \(reason.shortened).") }
        if let lapsed = policy.lapsed {
            sentences.append(lapsed.prefix(1).uppercased() + lapsed.dropFirst() + ".")
        }
        return sentences
    }
}

extension FindingsFile {
    /// What the file does say where it has no finding on `pattern`: a sentence each.
    public func absence(of pattern: EndpointPattern) -> [String] {
        var sentences = ["\(source) says nothing of \(pattern): it was never asked."]
        for result in results {
            let name = result.target.map { "Target \($0)" } ?? "The file"
            let about = result.findings.filter { finding in
                !finding.isSupplement
                    && pattern.address.map { finding.addresses.contains($0) } ?? true
            }
            if about.isEmpty {
                let all = result.askedAddresses
                sentences.append(
                    "\(name) is about \(all.isEmpty ? "no address" : all.abbreviated).")
            } else {
                let transports = pattern.transport.map { [$0] } ?? Transport.allCases
                for transport in transports {
                    let ports = about.filter { $0.transport == transport }
                        .reduce(PortSet()) { $0.union($1.ports) }
                    sentences.append(
                        ports.isEmpty
                            ? "\(name) has no \(transport.rawValue) port of that address."
                            : "\(name) asked \(transport.rawValue) ports \(ports.description.shortened) there."
                    )
                }
            }
            for listener in result.unprobedListeners where listener.port == pattern.port {
                sentences.append("The host says that somebody listens: \(listener.explanation).")
            }
            for transport in Transport.allCases
            where result.unaskedPorts[transport].contains(pattern.port) {
                sentences.append("\(name) declares it open over \(transport.rawValue).")
            }
            if let address = pattern.address,
                result.uncoveredAddresses.contains(where: { $0.contains(address) })
            {
                sentences.append("The address belongs to the target, and no scan has it.")
            }
        }
        return sentences
    }
}
