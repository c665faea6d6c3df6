@testable import Prober

/// A look into the silence of a simulated host, carried out as the engine does it, in no time.
struct SimulatedProof {
    /// The host.
    var host: SimulatedHost
    /// Which of its ports are closed, by number; the others are silent.
    let isClosed: [Bool]
    /// From a request to its answer, in nanoseconds.
    var roundTrip: UInt64 = 400_000
    /// From one request to the next, in nanoseconds.
    var gap: UInt64 = 5_000

    /// The ports that said that they are closed.
    private(set) var spoken: Set<Int> = []
    /// The ports of which the proof says that they are not closed.
    private(set) var settled: Set<Int> = []
    private(set) var requestCount = 0
    private(set) var roundCount = 0
    /// How long it took, in nanoseconds.
    private(set) var elapsed: UInt64 = 0
    /// Rounds that claimed something although the control said nothing.
    private(set) var baselessCount = 0

    private var queue: [Int]
    private var round: [Int] = []
    private var answers: [(time: MonotonicTime, port: Int?)] = []
    private var hasControlAnswered = false

    /// Silence of as many ports as `isClosed` has, at a host with `limit` that has just spent all
    /// its errors.
    init(_ limit: SimulatedHost.Limit, isClosed: [Bool]) {
        host = SimulatedHost(limit, spentAt: Self.start)
        self.isClosed = isClosed
        queue = Array(isClosed.indices)
    }

    private static let start = MonotonicTime(nanoseconds: 1_234_567_890)

    /// Closed ports of which the proof says that they are not.
    var wronglySettled: Set<Int> { settled.filter { isClosed[$0] } }
    /// How many ports a second said that they are closed.
    var rate: Double { Double(spoken.count) * 1e9 / Double(elapsed) }
    /// How many requests each of them took.
    var requestsForEach: Double { Double(requestCount) / Double(spoken.count) }
    /// How many ports have neither spoken nor are settled.
    var undecidedCount: Int { isClosed.count - spoken.count - settled.count }

    /// Runs until the proof is done or `budget` nanoseconds are over.
    mutating func run(hasControl: Bool = true, told: UInt64? = nil, budget: UInt64) {
        let first = Self.start.advanced(byNanoseconds: 1_500_000_000)
        let end = first.advanced(byNanoseconds: budget)
        var now = first
        var hasControl = hasControl
        var proof = SilenceProof(
            hasControl: hasControl, told: told, lastUse: Self.start, at: now)
        while now < end, proof.step != .done {
            switch proof.step {
            case .resting(let until):
                now = max(now, until)
                round = []
                proof.beginRound(of: queue.count, at: now)
                if proof.asked > 0 { roundCount += 1 }
            case .asking:
                let port = queue.removeFirst()
                round.append(port)
                send(to: port, isClosed: isClosed[port], now)
                proof.noteAsked(at: now, patience: roundTrip * 4 + 20_000_000)
                now = now.advanced(byNanoseconds: gap)
            case .settling(let until):
                listen(until, &now, &proof) { $1.hasEverySpoken }
                let hasEverySpoken = proof.hasEverySpoken
                proof.endSettling(at: now)
                if hasEverySpoken { settle(.nothing) }
            case .controlDue:
                hasControlAnswered = false
                send(to: nil, isClosed: true, now)
                proof.noteControlAsked(at: now, patience: roundTrip * 4 + 20_000_000)
            case .listening(let until):
                listen(until, &now, &proof) { state, _ in state.hasControlAnswered }
                let result = proof.endRound(controlAnswered: hasControlAnswered, at: now)
                settle(result)
            case .seeking:
                hasControlAnswered = false
                send(to: nil, isClosed: true, now)
                proof.noteControlAsked(at: now, patience: 1_500_000_000)
            case .sought(let until, _):
                listen(until, &now, &proof) { state, _ in state.hasControlAnswered }
                hasControl = hasControlAnswered
                proof.endSeeking(found: hasControl, at: now)
            case .done: break
            }
        }
        elapsed = now.nanoseconds(since: first)
    }

    /// Asks `port`, or the control for nil.
    private mutating func send(to port: Int?, isClosed: Bool, _ now: MonotonicTime) {
        requestCount += 1
        let arrival = now.advanced(byNanoseconds: roundTrip / 2)
        guard isClosed, host.says(at: arrival) else { return }
        answers.append((now.advanced(byNanoseconds: roundTrip), port))
    }

    /// Takes answers until `isOver` or the time is.
    private mutating func listen(
        _ until: MonotonicTime, _ now: inout MonotonicTime, _ proof: inout SilenceProof,
        _ isOver: (SimulatedProof, SilenceProof) -> Bool
    ) {
        while !isOver(self, proof) {
            guard let next = answers.first, next.time <= until else {
                now = max(now, until)
                return
            }
            now = max(now, next.time)
            answers.removeFirst()
            if let port = next.port {
                if spoken.insert(port).inserted { proof.noteSpoken() }
            } else {
                hasControlAnswered = true
            }
        }
    }

    private mutating func settle(_ result: SilenceProof.Result) {
        let silent = round.filter { !spoken.contains($0) }
        switch result {
        case .nothing: queue += silent
        case .silentAreNotClosed:
            settled.formUnion(silent)
            if !hasControlAnswered { baselessCount += 1 }
        }
    }
}
