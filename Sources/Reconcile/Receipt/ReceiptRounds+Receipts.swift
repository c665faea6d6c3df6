import Prober

extension ReceiptRounds {
    /// The receipts of all that is believed, those alike together.
    public var receipts: [Receipt] {
        var order: [Key] = []
        var found: [Key: (ports: [ClosedRange<UInt16>], proofs: [Receipt.Proof])] = [:]
        for belief in believed {
            let key = Key(
                address: belief.question.address, transport: belief.question.transport,
                hypothesis: belief.hypothesis)
            if found[key] == nil { order.append(key) }
            var part = found[key] ?? ([], [])
            part.ports += belief.question.ports.ranges
            part.proofs =
                part.proofs.adding(belief.proofs)
            found[key] = part
        }
        return order.compactMap { key in
            found[key].map { part in
                Receipt(
                    key.address, key.transport, PortSet(part.ports), key.hypothesis.fate,
                    answer: key.hypothesis.answer, proofs: part.proofs)
            }
        }.sorted {
            ($0.address, $0.transport, $0.ports[0]) < ($1.address, $1.transport, $1.ports[0])
        }
    }

    private struct Key: Hashable {
        var address: IPAddress
        var transport: Transport
        var hypothesis: ReceiptHypothesis
    }
}
