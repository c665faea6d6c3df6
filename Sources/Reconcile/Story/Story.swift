public import Prober

/// Everything that a findings file says of one endpoint, in sentences.
public struct Story: Hashable, Sendable {
    /// The endpoint, and what was found.
    public var title: String
    /// The endpoint.
    public var endpoint: Endpoint
    /// The parts of the story, in order.
    public var parts: [Part]

    /// Sentences about one side of it.
    public struct Part: Hashable, Sendable {
        /// What it is about.
        public var topic: Topic
        /// The sentences.
        public var sentences: [String]
        /// How to do what each sentence says, where there is something to do.
        public var steps: [[String]] = []
        /// A table that belongs to it, line by line, to be shown as it stands.
        public var lines: [String] = []
    }

    /// What a part is about.
    public enum Topic: String, Hashable, Sendable, CaseIterable {
        /// What was found.
        case found
        /// What was asked, from where.
        case asked
        /// What came back, and from whom.
        case answered
        /// What became of it on the host.
        case received
        /// What the captured packets tell of the endpoint and its host.
        case wire
        /// What the host's rules do, and which decides.
        case rules
        /// Who listens.
        case listens
        /// What was declared.
        case declared
        /// How it may have come about.
        case likely
        /// What to do.
        case todo
        /// What else was found of the same port.
        case also
    }

    /// The stories of what `pattern` names in `file`, one for each endpoint; empty when the file
    /// says nothing of it.
    ///
    /// - Throws: ``InputError`` when the pattern has no address and the file is of several hosts.
    public static func all(
        of pattern: EndpointPattern, in file: FindingsFile
    ) throws(InputError) -> [Story] {
        if pattern.address == nil { try requireOneHost(pattern, in: file) }
        var stories: [Story] = []
        for result in file.results {
            let findings = result.findings.filter { !$0.isSupplement && pattern.matches($0) }
            let supplements = result.supplements(to: pattern)
            for finding in findings {
                let beside = supplements.filter {
                    $0.transport == finding.transport
                        && ($0.addresses == finding.addresses || $0.isOfEveryAddress)
                }
                stories.append(Story(of: finding, pattern, in: result, beside: beside))
            }
            // Of a port that nobody asked about, the host itself may have something to say.
            for transport in Transport.allCases
            where !findings.contains(where: { $0.transport == transport }) {
                let own = supplements.filter { $0.transport == transport }
                guard let first = own.first else { continue }
                stories.append(
                    Story(of: first, pattern, in: result, beside: Array(own.dropFirst())))
            }
        }
        return stories
    }

    /// A port alone names an endpoint only where there is one address of each family.
    private static func requireOneHost(
        _ pattern: EndpointPattern, in file: FindingsFile
    ) throws(InputError) {
        let addresses = file.results.reduce(TargetSet()) { $0.union($1.askedAddresses) }
        for family in IPAddress.Family.allCases {
            let ranges = addresses.ranges.filter { $0.family == family }
            guard ranges.count > 1 || (ranges.first?.span ?? 0) > 0 else { continue }
            throw InputError(
                "endpoint",
                problem: "\(pattern) stands alone, and \(file.source) is of more than one host",
                remedy: "Write the address too: the file has \(addresses.abbreviated).")
        }
    }

    private init(
        of finding: RecordedFinding, _ pattern: EndpointPattern, in result: RecordedResult,
        beside others: [RecordedFinding]
    ) {
        let address = pattern.address ?? finding.addresses.first
        endpoint = Endpoint(address, finding.transport, pattern.port)
        title = endpoint.description
        parts = [
            Part(topic: .found, sentences: finding.foundSentences),
            Part(topic: .asked, sentences: finding.askedSentences(in: result)),
            Part(topic: .answered, sentences: finding.answerSentences),
            Part(topic: .received, sentences: finding.receipts),
            Part(topic: .rules, sentences: finding.ruleSentences),
            Part(topic: .listens, sentences: finding.listenerSentences),
            Part(topic: .declared, sentences: finding.policySentences),
            Part(topic: .likely, sentences: finding.causes),
            Part(
                topic: .todo, sentences: finding.actions.map(\.text),
                steps: finding.actions.map(\.steps)),
            Part(
                topic: .also,
                sentences: others.map { "\($0.code) \($0.name): \($0.explanation)" }),
        ].filter { !$0.sentences.isEmpty }
    }
}

extension RecordedResult {
    /// The addresses of its endpoints, without those that sockets are bound to.
    var askedAddresses: TargetSet {
        TargetSet(findings.filter { !$0.isSupplement }.map(\.addresses))
    }

    /// What is said beside other findings, or of sockets, on the port that `pattern` names.
    fileprivate func supplements(to pattern: EndpointPattern) -> [RecordedFinding] {
        let asked = askedAddresses
        let isOfHost = pattern.address.map { asked.isEmpty || asked.contains($0) } ?? true
        var port = pattern
        port.address = nil
        return findings.filter { finding in
            guard finding.isSupplement else { return false }
            return pattern.matches(finding)
                || isOfHost && finding.isOfEveryAddress && port.matches(finding)
        }
    }
}

extension RecordedFinding {
    /// Whether it is of a socket that is bound to no address in particular.
    fileprivate var isOfEveryAddress: Bool {
        addresses.span == 0 && addresses.first.destination.isUnspecified
    }
}
