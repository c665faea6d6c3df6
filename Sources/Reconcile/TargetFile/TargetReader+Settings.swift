import Prober

extension TargetReader {
    /// The keys that `defaults` and each target may have.
    static let settingKeys = [
        "vantage", "rate", "timeout", "retries", "confidence", "talk", "receipts", "probe",
        "undeclared",
    ]

    /// The settings in `mapping`, and those of `base` where it has none.
    func settings(
        _ mapping: YAMLMapping, over base: ProbeSettings
    ) throws(InputError) -> ProbeSettings {
        var settings = base
        if let value = mapping["vantage"] { settings.vantage = try vantage(value) }
        if let value = mapping["rate"] { settings.rate = try rate(value) }
        if let value = mapping["timeout"] { settings.timeout = try timeout(value) }
        if let value = mapping["retries"] { settings.retries = try value.integer(in: 0...20) }
        if let value = mapping["confidence"] { settings.confidence = try confidence(value) }
        if let value = mapping["talk"] { settings.talks = try talks(value) }
        if let value = mapping["receipts"] { settings.asksForReceipts = try receipts(value) }
        if let entry = mapping.entry("probe") {
            settings.probe = try probe(entry.value)
            settings.probeLocation = entry.location
        }
        return settings
    }

    private func vantage(_ value: YAMLValue) throws(InputError) -> ProbeSettings.VantageKind {
        let remedy = "Write direct or namespace."
        let text = try value.text("a vantage", remedy)
        if let vantage = ProbeSettings.VantageKind(rawValue: text) { return vantage }
        guard text != "ssh", !text.hasPrefix("ssh:") else {
            throw value.location.error(
                "this version cannot probe from another machine yet",
                "Write direct or namespace, or run prober scan on that machine and join the files.")
        }
        throw value.location.error("\"\(text)\" is no vantage", remedy)
    }

    private func rate(_ value: YAMLValue) throws(InputError) -> RateChoice {
        let remedy = "Write auto, max, or probes per second from 1 to \(RateChoice.greatest)."
        let text = try value.text("a rate", remedy)
        guard let choice = RateChoice(text) else {
            throw value.location.error("\"\(text)\" is no rate", remedy)
        }
        return choice
    }

    private func confidence(_ value: YAMLValue) throws(InputError) -> Double {
        let remedy = "Write how sure it must be that nothing is missed, from 0.5 to 0.999999."
        let text = try value.plainText("a number", remedy)
        guard let confidence = Double(text), ScanPlan.confidences.contains(confidence) else {
            throw value.location.error("\"\(text)\" is no confidence", remedy)
        }
        return confidence
    }

    private func talks(_ value: YAMLValue) throws(InputError) -> Bool {
        let remedy = "Write true to wait and ask for the first bytes of open connections, or false."
        switch try value.plainText("true or false", remedy) {
        case "true": return true
        case "false": return false
        case let text: throw value.location.error("\"\(text)\" is not true or false", remedy)
        }
    }

    private func receipts(_ value: YAMLValue) throws(InputError) -> Bool {
        let remedy = "Write true to ask the host what became of silent probes, or false."
        switch try value.plainText("true or false", remedy) {
        case "true": return true
        case "false": return false
        case let text: throw value.location.error("\"\(text)\" is not true or false", remedy)
        }
    }

    private func timeout(_ value: YAMLValue) throws(InputError) -> Duration {
        let remedy = "Write it with its unit, as in \(AttemptTime.syntax)."
        let text = try value.text("a time", remedy)
        guard let duration = AttemptTime.duration(text) else {
            throw value.location.error("\"\(text)\" is no timeout", remedy)
        }
        return duration
    }

    private func probe(_ value: YAMLValue) throws(InputError) -> PortSpec {
        let remedy = "Write probe: { tcp: 1-65535, udp: common }."
        let mapping = try value.mapping(remedy)
        try mapping.allow(["tcp", "udp"])
        var probed = PortSpec()
        for transport in Transport.allCases {
            guard let value = mapping[transport.rawValue] else { continue }
            let ports = try ports(
                value, "Write ports as in 1-65535, or a list [22, 80, 443].", transport)
            for other in Transport.allCases where other != transport && !ports[other].isEmpty {
                throw value.location.error(
                    "\(other.rawValue):\(ports[other]) stands under \(transport.rawValue)",
                    "Write it under \(other.rawValue): in probe.")
            }
            probed[transport] = ports[transport]
        }
        guard probed.count > 0 else {
            throw mapping.location.error("probe names no port", remedy)
        }
        return probed
    }

    /// The ports of a text or of a list of texts; what names no transport is of `transport`.
    func ports(
        _ value: YAMLValue, _ remedy: String, _ transport: Transport = .tcp
    ) throws(InputError) -> PortSpec {
        guard let items = value.listItems else { return try portText(value, remedy, transport) }
        guard !items.isEmpty else { throw value.location.error("\(value.name) is empty", remedy) }
        var ports = PortSpec()
        for item in items {
            let more = try portText(item, remedy, transport)
            for transport in Transport.allCases {
                ports[transport] = ports[transport].union(more[transport])
            }
        }
        return ports
    }

    private func portText(
        _ value: YAMLValue, _ remedy: String, _ transport: Transport
    ) throws(InputError) -> PortSpec {
        let text = try value.text("ports", remedy)
        do {
            return try PortSpec(
                parsing: text, for: [transport], services: services, source: source)
        } catch {
            // The parser counts columns in the text it was given.
            throw value.location(at: (error.column ?? 1) - 1).error(error.problem, error.remedy)
        }
    }
}
