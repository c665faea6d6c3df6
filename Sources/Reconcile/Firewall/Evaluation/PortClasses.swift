import Prober

/// The ports that are asked about, those together that fared alike all the way.
struct PortClasses {
    /// Ports next to each other that are of one class.
    private struct Run {
        var ports: ClosedRange<UInt16>
        var name: Int
    }

    /// The runs, ascending.
    private var runs: [Run] = []
    /// For each port, the run it is in, or that comes next.
    private var runAt: [UInt16] = []
    /// How many classes there are; their names are the numbers below.
    private(set) var count = 1

    /// The classes of `ports` that `sets` part: a class lies within each set or outside of it.
    init(of ports: PortSet, partedBy sets: some Sequence<PortSet>) {
        let sets = Set(sets).filter { $0 != ports }
        cut(ports, at: sets)
        let sizes = runs.count
        var renamed: [(old: Int, new: Int)] = []
        var newName = [Int](repeating: -1, count: 1)
        for set in sets {
            // What is outside parts as well as what is inside.
            let inside = indices(of: set)
            let isMost = inside.count * 2 > sizes
            renamed.removeAll(keepingCapacity: true)
            let members = isMost ? indices(of: ports.subtracting(set)) : inside
            for index in members {
                let old = runs[index].name
                if newName[old] < 0 {
                    newName[old] = count
                    renamed.append((old, count))
                    newName.append(-1)
                    count += 1
                }
                runs[index].name = newName[old]
            }
            for entry in renamed { newName[entry.old] = -1 }
        }
        dropEmptyNames()
    }

    /// Makes the runs between all the ends of `sets` within `ports`.
    private mutating func cut(_ ports: PortSet, at sets: Set<PortSet>) {
        var isStart = [Bool](repeating: false, count: 65_537)
        for set in sets {
            for range in set.ranges {
                isStart[Int(range.lowerBound)] = true
                isStart[Int(range.upperBound) + 1] = true
            }
        }
        runAt = Array(repeating: 0, count: 65_536)
        var next = 0
        for range in ports.ranges {
            for port in next..<Int(range.lowerBound) { runAt[port] = UInt16(runs.count) }
            var start = Int(range.lowerBound)
            for port in Int(range.lowerBound)...Int(range.upperBound) {
                if isStart[port], port > start {
                    runs.append(Run(ports: UInt16(start)...UInt16(port - 1), name: 0))
                    start = port
                }
                runAt[port] = UInt16(runs.count)
            }
            runs.append(Run(ports: UInt16(start)...range.upperBound, name: 0))
            next = Int(range.upperBound) + 1
        }
    }

    /// The positions of the runs of `set`, of whose ends every run is on one side.
    private func indices(of set: PortSet) -> [Int] {
        var found: [Int] = []
        for range in set.ranges {
            var index = Int(runAt[Int(range.lowerBound)])
            while index < runs.count, runs[index].ports.lowerBound <= range.upperBound {
                if runs[index].ports.lowerBound >= range.lowerBound { found.append(index) }
                index += 1
            }
        }
        return found
    }

    private mutating func dropEmptyNames() {
        var names = [Int](repeating: -1, count: count)
        count = 0
        for index in runs.indices {
            let old = runs[index].name
            if names[old] < 0 {
                names[old] = count
                count += 1
            }
            runs[index].name = names[old]
        }
    }

    /// The ports of each class.
    var members: [[ClosedRange<UInt16>]] {
        var members = [[ClosedRange<UInt16>]](repeating: [], count: count)
        for run in runs { members[run.name].append(run.ports) }
        return members
    }

    /// The classes in `set`, each once or more often.
    func names(in set: PortSet) -> some Sequence<Int> {
        indices(of: set).lazy.map { runs[$0].name }
    }
}
