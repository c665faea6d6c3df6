import Prober

/// What is to be asked of a host, and what must be read of it for that.
public struct ReceiptQuestions: Sendable {
    /// The questions, those of few ports first.
    public let all: [ReceiptQuestion]

    /// Where packets are known to be counted, if they come.
    var controls: [ReceiptControl] = []
    /// The engines of the rules that are asked for.
    var engines: Set<RuleTable.Engine> = []

    init(_ all: [ReceiptQuestion], controls: [ReceiptControl] = []) {
        self.controls = controls
        self.all = all.sorted {
            ($0.ports.count, $0.address, $0.transport, $0.ports[0])
                < ($1.ports.count, $1.address, $1.transport, $1.ports[0])
        }
    }

    /// What a reading must have.
    public var needs: HostReading.Needs {
        var needs = HostReading.Needs()
        for gauge in Set(all.flatMap(\.hypotheses).flatMap(\.gauges)) {
            switch gauge {
            case .bytes, .drops: needs.includesSockets = true
            case .rule, .counter, .undelivered, .noRoom: break
            }
        }
        needs.engines = engines
        return needs
    }
}
