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
        /// Read, send each port of the question so many packets, and one to the control before them
        /// and one after, and read.
        case ask(ReceiptQuestion, copies: Int, control: ReceiptControl?)
    }

    private var waiting: [Inquiry]
    /// The first of those that still wait.
    private var next = 0
    /// Those that fitted often enough, of which too little is known of what else goes on.
    var ripe: [Inquiry] = []
    /// Those of which nothing seems to come, while it is not known where packets are counted.
    private var parked: [Inquiry] = []
    var controls: [ReceiptControl]
    /// The share of packets that get lost on the way.
    let loss: Double
    private var watched = 0
    private var generator: SplitMix64
    let gauges: Set<ReceiptGauge>
    var noise: [ReceiptGauge: ReceiptNoise] = [:]
    /// The same for what grows with the packets that are sent, whatever they move: in the place of
    /// seconds it has packets.
    var path = ReceiptNoise()
    var believed: [Belief] = []

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

    /// How many questions there are at least: what is doubled on the way shows in the others.
    private static let leastParts = 8
    /// The share of packets that is taken to be lost at least.
    private static let leastLoss = 0.01

    /// The rounds of `questions`, of at most `portCount` ports at once, over a way on which this share
    /// of packets is lost; `seed` chooses how many packets each round sends, which nobody else is to
    /// know.
    public init(
        _ questions: ReceiptQuestions, of portCount: Int, loss: Double = 0, seed: UInt64
    ) {
        let all = questions.all.reduce(0) { $0 + $1.ports.count }
        let size = max(1, min(portCount, (all + Self.leastParts - 1) / Self.leastParts))
        waiting = questions.all.flatMap { $0.parts(of: size) }.map { Inquiry($0) }
        controls = questions.controls
        self.loss = min(1, max(Self.leastLoss, loss))
        generator = SplitMix64(state: seed)
        gauges = Set(questions.all.flatMap(\.hypotheses).flatMap(\.gauges))
    }

    /// A question with what came of it so far.
    struct Inquiry {
        let question: ReceiptQuestion
        /// The windows that fitted each hypothesis.
        var hits: [[ReceiptNoise.Hit]]
        var tries = 0
        var misses = 0
        var copies = 0
        var control: ReceiptControl?
        /// Whether nothing seemed to come the last time.
        var seemsAbsent = false
        /// Whether any window showed that packets came.
        var isSeen = false

        init(_ question: ReceiptQuestion) {
            self.question = question
            hits = Array(repeating: [], count: question.hypotheses.count)
        }
    }

    /// A hypothesis that is believed of some ports.
    struct Belief {
        var question: ReceiptQuestion
        var hypothesis: ReceiptHypothesis
        var proofs: [Receipt.Proof]
    }

    /// How many ports are left without a receipt that may still get one.
    public var openCount: Int {
        (waiting[next...] + ripe + parked).reduce(0) { $0 + $1.question.ports.count }
    }

    /// What is to be done next; nil when nothing more can be found out.
    public mutating func step() -> Step? {
        if watched < Self.watches.first, openCount > 0 { return .watch }
        if next >= waiting.count {
            // Watching does not help those that lack other packets.
            let helped = ripe.filter { watched < Self.watches.all && mayBeHelpedByTime($0) }
            for inquiry in ripe where !helped.contains(where: { $0.question == inquiry.question }) {
                ask(again: inquiry, isMiss: false)
            }
            ripe = helped
            for inquiry in parked where hasControl(inquiry.question) {
                ask(again: inquiry, isMiss: false)
            }
            let lacking = parked.filter { !hasControl($0.question) }
            // What is believed later may give them one.
            parked = next >= waiting.count && ripe.isEmpty ? [] : lacking
            if next >= waiting.count, !ripe.isEmpty { return .watch }
        }
        guard next < waiting.count else { return nil }
        if waiting[next].copies == 0 {
            waiting[next].copies = copies(for: waiting[next])
            waiting[next].control = control(for: waiting[next])
        }
        return .ask(
            waiting[next].question, copies: waiting[next].copies, control: waiting[next].control)
    }

    /// Where packets to the address of `question` are known to be counted.
    private func controls(of question: ReceiptQuestion) -> [ReceiptControl] {
        controls.filter {
            $0.address == question.address
                && !($0.transport == question.transport && question.ports.contains($0.port))
        }
    }

    private func hasControl(_ question: ReceiptQuestion) -> Bool {
        !controls(of: question).isEmpty
    }

    /// The control of the next window; nil where none is needed, or known.
    private func control(for inquiry: Inquiry) -> ReceiptControl? {
        guard inquiry.seemsAbsent else { return nil }
        let controls = controls(of: inquiry.question)
        return controls.isEmpty ? nil : controls[inquiry.tries % controls.count]
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
            for gauge in gauges { note(gauge, window, isElsewhere: true, copies: 0) }
            return
        }
        var inquiry = waiting[next]
        next += 1
        inquiry.tries += 1
        defer { compact() }
        let (copies, control) = (inquiry.copies, inquiry.control)
        inquiry.copies = 0
        // Not every port was sent that many.
        guard copies > 0, window.sent == UInt64(copies) * UInt64(inquiry.question.ports.count)
        else { return ask(again: inquiry, isMiss: true) }
        let outcomes = inquiry.question.hypotheses.map {
            $0.outcome(in: window, of: inquiry.question.ports.count)
        }
        measure(inquiry.question, outcomes, window, copies)
        let fits = learn(outcomes, from: window, copies, &inquiry)
        if isRipe(inquiry) {
            ripe.append(inquiry)
            return
        }
        if fits { return ask(again: inquiry, isMiss: false) }
        if inquiry.seemsAbsent {
            if control != nil { return ask(again: inquiry, isMiss: true) }
            if hasControl(inquiry.question) { return ask(again: inquiry, isMiss: false) }
            parked.append(inquiry)
            return
        }
        let isNoisy = outcomes.contains(.tooMuch) && !isOnlyAbsence(inquiry.question, outcomes)
        let mayHalve =
            inquiry.question.ports.count > (isNoisy ? Self.fewPorts : 1)
            && (!isNoisy || inquiry.misses + 1 >= Self.patience.noisy)
        guard mayHalve else { return ask(again: inquiry, isMiss: true) }
        waiting += inquiry.question.halves.map { Inquiry($0) }
    }

    /// Takes what a window says of each hypothesis into `inquiry`; whether one fits.
    private func learn(
        _ outcomes: [ReceiptHypothesis.Outcome], from window: ReceiptWindow, _ copies: Int,
        _ inquiry: inout Inquiry
    ) -> Bool {
        let question = inquiry.question
        inquiry.seemsAbsent = false
        var fits = false
        for (index, outcome) in outcomes.enumerated() {
            let hypothesis = question.hypotheses[index]
            if case .absent(let family) = hypothesis.sign {
                inquiry.seemsAbsent =
                    window.missingCopies(of: question.ports.count, family) ?? 0 > 0
            }
            switch outcome {
            case .fits(let share):
                fits = true
                if !hypothesis.isAbsence {
                    inquiry.isSeen = true
                    // A gauge that rises otherwise than before is moved by something else.
                    if let first = inquiry.hits[index].first, first.share != share {
                        inquiry.hits[index] = []
                    }
                }
                inquiry.hits[index].append(
                    ReceiptNoise.Hit(
                        copies: copies, seconds: window.seconds, share: share, sent: window.sent,
                        proofs: hypothesis.gauges.flatMap {
                            window.proofs(of: $0, question.rule)
                        }))
            // Some of the packets did not come to that end, so that not all ports have it.
            case .tooLittle: inquiry.hits[index] = []
            case .tooMuch, .unread: break
            }
        }
        return fits
    }

    /// Whether nothing but what should not have moved rose too much.
    private func isOnlyAbsence(
        _ question: ReceiptQuestion, _ outcomes: [ReceiptHypothesis.Outcome]
    ) -> Bool {
        zip(question.hypotheses, outcomes).allSatisfy { hypothesis, outcome in
            outcome != .tooMuch || hypothesis.isAbsence
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
        inquiry.question.hypotheses.indices.contains { index in
            let hits = inquiry.hits[index]
            if inquiry.question.hypotheses[index].isAbsence { return isAbsent(inquiry, hits) }
            return Set(hits.map(\.copies)).count > 1
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
}
