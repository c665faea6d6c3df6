import Prober

/// What the JSON of a finding has of a receipt.
struct ReceiptText: Encodable {
    struct ProofText: Encodable {
        var kind: String
        var counter: String?
        var rule: FirewallText.RuleText?
        var rise: UInt64?
        var probes: UInt64?
        var queuedBytes: UInt64?
        var drops: UInt64?
        var packets: UInt64?
        var interface: String?

        init(_ proof: Receipt.Proof) {
            switch proof {
            case .counter(let counter, let rise, let probes):
                kind = "counter"
                self.counter = counter.rawValue
                self.rise = rise
                self.probes = probes
            case .ruleCounter(let rule, let rise, let probes):
                kind = "rule-counter"
                self.rule = FirewallText.RuleText(rule)
                self.rise = rise
                self.probes = probes
            case .socket(let queuedBytes, let drops, let probes):
                kind = "socket"
                self.queuedBytes = queuedBytes
                self.drops = drops
                self.probes = probes
            case .captured(let packets, let interface):
                kind = "captured"
                self.packets = packets
                self.interface = interface
            }
        }
    }

    var fate: String
    var rule: FirewallText.RuleText?
    var answer: String?
    var proofs: [ProofText]
    var text: String

    init(_ account: Receipt.Account) {
        fate = account.fate.word
        if case .stopped(let rule) = account.fate { self.rule = FirewallText.RuleText(rule) }
        answer = account.answer?.rawValue
        proofs = account.proofs.map { ProofText($0) }
        text = account.sentences.joined(separator: " ")
    }
}

extension Receipt.Fate {
    /// The word for it in files.
    var word: String {
        switch self {
        case .neverArrived: "never-arrived"
        case .arrived: "arrived"
        case .stopped: "stopped"
        case .noPort: "no-port"
        case .delivered: "delivered"
        case .queueFull: "queue-full"
        }
    }
}
