/// The ways through the rules that were followed, as a tree.
struct PathArena {
    /// One step on a way.
    enum Step: Hashable {
        case rule(RulePosition)
        case policy(table: Int, chain: Int)
    }

    /// A way: its last step, or -1 for none.
    typealias Path = Int32

    private struct Node {
        var step: Step?
        var reasons: [FirewallUnknown]
        var parent: Path
    }

    private var nodes: [Node] = []

    static let empty: Path = -1

    /// The way that goes on from `parent` with `step`; `reasons` say why that is not certain.
    mutating func append(
        _ step: Step?, to parent: Path, because reasons: [FirewallUnknown] = []
    ) -> Path {
        nodes.append(Node(step: step, reasons: reasons, parent: parent))
        return Path(nodes.count - 1)
    }

    /// The steps of `path`, first to last.
    func steps(_ path: Path) -> [Step] {
        var steps: [Step] = []
        var current = path
        while current >= 0 {
            let node = nodes[Int(current)]
            if let step = node.step { steps.append(step) }
            current = node.parent
        }
        return steps.reversed()
    }

    /// Why it is not certain that a packet goes along `path`.
    func reasons(_ path: Path) -> [FirewallUnknown] {
        var reasons: [FirewallUnknown] = []
        var current = path
        while current >= 0 {
            let node = nodes[Int(current)]
            reasons = reasons.joined(node.reasons)
            current = node.parent
        }
        return reasons
    }
}
