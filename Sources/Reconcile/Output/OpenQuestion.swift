import Prober

/// Something beside the findings that keeps a run from passing.
enum OpenQuestion: Hashable {
    /// The scan did not end, or did not probe everything.
    case incompleteScan
    /// Ports that were declared open and not asked about.
    case unasked(Reconciliation.UnaskedPorts)
    /// Endpoints that were not probed and cannot be named.
    case unlocated(UInt128)
    /// Addresses of the target that no scan has.
    case uncoveredAddresses(TargetSet)
    /// Ports of the target that no scan has.
    case uncoveredPorts(PortSpec)
    /// A listener that others may reach where nobody asked.
    case unprobed(Reconciliation.UnprobedListener)
    /// Something that holds for the whole host.
    case note(Reconciliation.HostNote)

    /// What is asked, in a few words that are the same in every run.
    var name: String {
        switch self {
        case .incompleteScan: "the scan is complete"
        case .unasked(let unasked):
            "declared \(PortSpec(unasked.ports, over: unasked.transport)) was asked about"
        case .unlocated: "every endpoint is in the scans"
        case .uncoveredAddresses: "every address was scanned"
        case .uncoveredPorts: "every port was scanned"
        case .unprobed(let unprobed): "\(unprobed.listener.socket) was probed"
        case .note(.addressesWithoutSource): "every address has a source to ask from"
        case .note(let note): note.code.map { "\($0.name)" } ?? "the host"
        }
    }

    /// What is not known, as a sentence.
    var explanation: String {
        switch self {
        case .incompleteScan: "The scan is not complete, so nothing is concluded from it."
        case .unasked(let unasked):
            "Declared open, and not asked about: "
                + "\(unasked.transport.rawValue) \(FindingRow.text(of: unasked.ports))"
                + (unasked.expectation.location.map { " (\($0))" } ?? "") + "."
        case .unlocated(let count):
            "\(count.counting("endpoint")) "
                + (count == 1 ? "is" : "are")
                + " not in these scans, and a shard cannot name "
                + (count == 1 ? "it." : "them.")
        case .uncoveredAddresses(let addresses):
            Reconciliation.HostNote.addressesNotScanned(addresses).explanation
        case .uncoveredPorts(let ports):
            Reconciliation.HostNote.portsNotScanned(ports).explanation
        case .unprobed(let unprobed):
            "Listening, and not judged, because \(unprobed.missing.explanation): "
                + unprobed.listener.explanation + "."
        case .note(let note): note.explanation
        }
    }
}

extension Reconciliation {
    /// What beside the findings keeps the whole from passing.
    ///
    /// With the inconclusive findings it is all that makes a ``conclusion(allowsInconclusive:)``
    /// undecided.
    var openQuestions: [OpenQuestion] {
        var questions: [OpenQuestion] = isComplete ? [] : [.incompleteScan]
        questions += unaskedPorts.map { .unasked($0) }
        if unlocatedCount > 0 { questions.append(.unlocated(unlocatedCount)) }
        if !uncoveredAddresses.isEmpty {
            switch mode {
            case .observed: questions.append(.uncoveredAddresses(uncoveredAddresses))
            case .predicted: questions.append(.note(.addressesWithoutSource(uncoveredAddresses)))
            }
        }
        if uncoveredPorts.count > 0 { questions.append(.uncoveredPorts(uncoveredPorts)) }
        questions += unprobedListeners.filter(\.isOpenQuestion).map { .unprobed($0) }
        questions += notes.filter(\.isOpenQuestion).map { .note($0) }
        return questions
    }

    /// The notes that are no open question, each once.
    var remarks: [HostNote] {
        let said = Set(openQuestions.map(\.explanation))
        return notes.filter { !said.contains($0.explanation) }
    }
}

extension Reconciliation.UnprobedListener.Missing {
    /// What was not asked, as a clause.
    package var explanation: String {
        switch self {
        case .port: "its port was not asked"
        case .address: "its address was not asked"
        case .namespace: "it is in another network namespace"
        }
    }
}

extension Listener {
    /// The address and port bound to, without who holds it: `0.0.0.0:22/tcp`.
    var socket: String { Endpoint(address, transport, port).description }
}

extension PortSpec {
    /// Ports of one transport.
    fileprivate init(_ ports: PortSet, over transport: Transport) {
        self.init()
        self[transport] = ports
    }
}
