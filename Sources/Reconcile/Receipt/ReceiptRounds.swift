import Prober

/// Asks a host about packets, round by round, until it is known what became of them or cannot be.
///
/// A round is a window between two readings in which each port of one question is sent the same number
/// of packets. A receipt is believed when at least two rounds with different such numbers fitted it, each
/// exactly, and what was measured of its gauge leaves hardly a chance that something else did
/// (``ReceiptNoise``). A question of which some ports fare otherwise is asked in halves.
///
/// Pure: the caller reads and sends, and gives back what came of it.
public struct ReceiptRounds: Sendable {
    /// What is to be done next.
    public enum Step: Hashable, Sendable {
        /// Read, wait, and read: nothing is sent.
        case watch
        /// Read, send each port of the question so many packets, and read.
        case ask(ReceiptQuestion, copies: Int)
    }

    private var waiting: [Inquiry]
    /// The first of those that still wait.
    private var next = 0
    /// Those that fitted often enough, of which too little is known of what else goes on.
    private var ripe: [Inquiry] = []
    private var watched = 0
    private var generator: SplitMix64
    private let gauges: Set<ReceiptGauge>
    private var noise: [ReceiptGauge: ReceiptNoise] = [:]
    private var believed: [Belief] = []

    /// How often nothing is sent at first, and how often in all.
    private static let watches = (first: 2, all: 40)
    /// How many packets a port is sent at once, at most.
    private static let greatestCopies = 5
    /// How many windows a question may take before it is given up.
    private static let greatestTries = 12
    /// How many windows in vain a question may have, and how many before it is asked in halves.
    private static let patience = (misses: 5, noisy: 2)
    /// Questions of fewer ports are not asked in halves because of noise: it gets no less.
    private static let fewPorts = 64
    /// How many packets each port is sent at least.
    private static let ripeCopies = 4

    /// The rounds of `questions`, of at most `portCount` ports at once; `seed` chooses how many
    /// packets each round sends, which nobody else is to know.
    public init(_ questions: ReceiptQuestions, of portCount: Int, seed: UInt64) {
        waiting = questions.all.flatMap { $0.parts(of: portCount) }.map { Inquiry($0) }
        generator = SplitMix64(state: seed)
        gauges = Set(questions.all.flatMap(\.hypotheses).flatMap(\.gauges))
    }

    /// A question with what came of it so far.
    private struct Inquiry {
        let question: ReceiptQuestion
        /// The windows that fitted each hypothesis.
        var hits: [[ReceiptNoise.Hit]]
        var tries = 0
        var misses = 0
        var copies = 0

        init(_ question: ReceiptQuestion) {
            self.question = question
            hits = Array(repeating: [], count: question.hypotheses.count)
        }
    }

    /// A hypothesis that is believed of some ports.
    private struct Belief {
        var question: ReceiptQuestion
        var hypothesis: ReceiptHypothesis
        var proofs: [Receipt.Proof]
    }

    /// How many ports are left without a receipt that may still get one.
    public var openCount: Int {
        (waiting[next...] + ripe).reduce(0) { $0 + $1.question.ports.count }
    }

    /// What is to be done next; nil when nothing more can be found out.
    public mutating func step() -> Step? {
        if watched < Self.watches.first, openCount > 0 { return .watch }
        if next >= waiting.count, !ripe.isEmpty {
            if watched < Self.watches.all { return .watch }
            for inquiry in ripe { ask(again: inquiry, isMiss: false) }
            ripe = []
        }
        guard next < waiting.count else { return nil }
        if waiting[next].copies == 0 { waiting[next].copies = copies(for: waiting[next]) }
        return .ask(waiting[next].question, copies: waiting[next].copies)
    }

    /// A number of packets that no window that fitted had.
    private mutating func copies(for inquiry: Inquiry) -> Int {
        let used = Set(inquiry.hits.joined().map(\.copies))
        // One and three are as few packets as make a question ripe.
        let fresh = [[1, 3], [2, 4]].map { $0.filter { !used.contains($0) } }
        let choices = fresh.first { !$0.isEmpty } ?? Array(1...Self.greatestCopies)
        return choices.randomElement(using: &generator) ?? 1
    }

    /// Takes what was read around the step.
    public mutating func take(_ window: ReceiptWindow) {
        defer { pick() }
        guard watched >= Self.watches.first, next < waiting.count else {
            watched += 1
            for gauge in gauges { note(gauge, window, explained: 0) }
            return
        }
        var inquiry = waiting[next]
        next += 1
        inquiry.tries += 1
        defer { compact() }
        let copies = inquiry.copies
        inquiry.copies = 0
        // Not every port was sent that many.
        guard copies > 0, window.sent == UInt64(copies) * UInt64(inquiry.question.ports.count)
        else { return ask(again: inquiry, isMiss: true) }
        let outcomes = inquiry.question.hypotheses.map { $0.outcome(in: window) }
        measure(inquiry.question, outcomes, window)
        var fits = false
        for (index, outcome) in outcomes.enumerated() {
            guard case .fits(let share) = outcome else { continue }
            fits = true
            // A gauge that rises otherwise than before is moved by something else.
            if let first = inquiry.hits[index].first, first.share != share {
                inquiry.hits[index] = []
            }
            inquiry.hits[index].append(
                ReceiptNoise.Hit(
                    copies: copies, seconds: window.seconds, share: share, sent: window.sent))
        }
        if isRipe(inquiry) {
            ripe.append(inquiry)
            return
        }
        if fits { return ask(again: inquiry, isMiss: false) }
        let isNoisy = outcomes.contains(.tooMuch) && !isOnlyStill(inquiry.question, outcomes)
        let mayHalve =
            inquiry.question.ports.count > (isNoisy ? Self.fewPorts : 1)
            && (!isNoisy || inquiry.misses + 1 >= Self.patience.noisy)
        guard mayHalve else { return ask(again: inquiry, isMiss: true) }
        waiting += inquiry.question.halves.map { Inquiry($0) }
    }

    /// Whether nothing but what should not have moved rose too much.
    private func isOnlyStill(
        _ question: ReceiptQuestion, _ outcomes: [ReceiptHypothesis.Outcome]
    ) -> Bool {
        zip(question.hypotheses, outcomes).allSatisfy { hypothesis, outcome in
            if outcome != .tooMuch { return true }
            if case .still = hypothesis.sign { return true }
            return false
        }
    }

    private mutating func ask(again inquiry: Inquiry, isMiss: Bool) {
        var inquiry = inquiry
        if isMiss { inquiry.misses += 1 }
        guard inquiry.tries < Self.greatestTries, inquiry.misses < Self.patience.misses else {
            return
        }
        waiting.append(inquiry)
    }

    /// Whether it fitted so often that more need not be sent if little else goes on.
    private func isRipe(_ inquiry: Inquiry) -> Bool {
        inquiry.hits.contains { hits in
            Set(hits.map(\.copies)).count > 1
                && hits.reduce(0) { $0 + $1.copies } >= Self.ripeCopies
        }
    }

    /// Takes what is believed by now out of the ripe ones.
    private mutating func pick() {
        let candidates = ripe
        ripe = []
        for inquiry in candidates {
            if let index = settled(inquiry) {
                believe(inquiry, index)
            } else {
                ripe.append(inquiry)
            }
        }
    }

    /// Forgets the inquiries that are over.
    private mutating func compact() {
        guard next > 64, next * 2 > waiting.count else { return }
        waiting.removeFirst(next)
        next = 0
    }

    // MARK: Belief

    /// The hypothesis that is believed; nil for none, or for several that exclude each other.
    private func settled(_ inquiry: Inquiry) -> Int? {
        let hypotheses = inquiry.question.hypotheses
        let likely = hypotheses.indices.filter { isBelievable(inquiry, $0) }
        guard let first = likely.first else { return nil }
        let rivals = hypotheses.indices.filter { index in
            // Whatever becomes of packets, they arrived.
            hypotheses[index].fate != hypotheses[first].fate
                && hypotheses[index].fate != .arrived
                && inquiry.hits[index].count >= inquiry.hits[first].count
        }
        return rivals.isEmpty ? first : nil
    }

    private func isBelievable(_ inquiry: Inquiry, _ index: Int) -> Bool {
        let hits = inquiry.hits[index]
        guard Set(hits.map(\.copies)).count > 1 else { return false }
        switch inquiry.question.hypotheses[index].sign {
        // What else goes on only adds to a gauge; it cannot hide a packet.
        case .still: return hits.reduce(0) { $0 + $1.copies } >= Self.ripeCopies
        case .each(let gauge), .share(let gauge):
            let noise = noise[gauge] ?? ReceiptNoise()
            return noise.chance(of: hits, tries: inquiry.tries) < ReceiptNoise.greatestChance
        }
    }

    private mutating func believe(_ inquiry: Inquiry, _ index: Int) {
        let hypothesis = inquiry.question.hypotheses[index]
        let hits = inquiry.hits[index]
        let sent = hits.reduce(UInt64(0)) { $0 + $1.sent }
        let rise = hits.reduce(UInt64(0)) { $0 + $1.sent * $1.share }
        var proofs: [Receipt.Proof] = []
        for gauge in hypothesis.gauges {
            proofs += gauge.proofs(rise, sent, inquiry.question.rule)
            if case .undelivered(let family) = gauge {
                // Of what arrived besides, nothing is told: it did reach its protocol.
                let counters = family.packetCounters
                proofs += [
                    .counter(counters.received, rise: rise, probes: sent),
                    .counter(counters.delivered, rise: 0, probes: sent),
                ]
            }
        }
        believed.append(
            Belief(question: inquiry.question, hypothesis: hypothesis, proofs: proofs))
    }

    // MARK: Noise

    /// Learns from a window what moves gauges by itself.
    private mutating func measure(
        _ question: ReceiptQuestion, _ outcomes: [ReceiptHypothesis.Outcome],
        _ window: ReceiptWindow
    ) {
        let fits = outcomes.contains { if case .fits = $0 { true } else { false } }
        var expected: [ReceiptGauge: ReceiptHypothesis.Outcome] = [:]
        for (hypothesis, outcome) in zip(question.hypotheses, outcomes) {
            switch hypothesis.sign {
            case .each(let gauge), .share(let gauge): expected[gauge] = outcome
            case .still: break
            }
        }
        for gauge in gauges {
            switch expected[gauge] {
            case .fits:
                noise[gauge, default: ReceiptNoise()].add(seconds: window.seconds, events: 0)
            // All packets of ours may have moved it, which leaves this much of others.
            case .tooMuch:
                if case .bytes = gauge { continue }
                note(gauge, window, explained: window.sent)
            case .tooLittle:
                // Ours came elsewhere: what moved it is of others.
                if fits { note(gauge, window, explained: 0) }
            case .unread: break
            case nil: note(gauge, window, explained: 0)
            }
        }
    }

    private mutating func note(
        _ gauge: ReceiptGauge, _ window: ReceiptWindow, explained: UInt64
    ) {
        guard let rise = window.rise(of: gauge) else { return }
        let rest = rise - Int64(clamping: explained)
        noise[gauge, default: ReceiptNoise()].add(
            seconds: window.seconds, events: UInt64(rest.magnitude))
    }

    // MARK: Receipts

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
                part.proofs.isEmpty
                ? belief.proofs : zip(part.proofs, belief.proofs).map { $0.adding($1) }
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

extension Receipt.Proof {
    /// Both proofs together; `other` is of the same kind.
    fileprivate func adding(_ other: Receipt.Proof) -> Receipt.Proof {
        switch (self, other) {
        case (.counter(let counter, let rise, let probes), .counter(_, let more, let others)):
            .counter(counter, rise: rise &+ more, probes: probes &+ others)
        case (.ruleCounter(let rule, let rise, let probes), .ruleCounter(_, let more, let others)):
            .ruleCounter(rule, rise: rise &+ more, probes: probes &+ others)
        case (.socket(let bytes, let drops, let probes), .socket(let more, let lost, let others)):
            .socket(
                queuedBytes: bytes &+ more, drops: drops &+ lost, probes: probes &+ others)
        case (.captured, _), (.counter, _), (.ruleCounter, _), (.socket, _): self
        }
    }
}
