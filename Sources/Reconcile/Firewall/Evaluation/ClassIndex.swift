import Prober

/// Which of several sets of ports each class of ports is in.
///
/// A class that is in many sets of one kind keeps the first few: nobody reads thousands of ways
/// to the same end.
struct ClassIndex {
    private struct Link {
        var item: Int32
        var next: Int32
    }

    /// For each class, where its list of sets begins and ends; -1 for none.
    private var ends: [(first: Int32, last: Int32)]
    private var links: [Link] = []

    /// How many sets of a kind a class keeps; of kinds from ``countedKinds`` on it keeps all.
    private static let greatestCount: UInt8 = 8
    private static let countedKinds = 8

    /// The index of `sets`, in their order, each with a number to be given back.
    init(_ sets: [(item: Int, ports: PortSet, kind: Int)], _ classes: PortClasses) {
        ends = Array(repeating: (-1, -1), count: classes.count)
        var counts = [UInt8](repeating: 0, count: classes.count * Self.countedKinds)
        for (item, ports, kind) in sets {
            for name in classes.names(in: ports) {
                let last = ends[name].last
                if last >= 0, links[Int(last)].item == Int32(item) { continue }
                if kind < Self.countedKinds {
                    let place = name * Self.countedKinds + kind
                    if counts[place] == Self.greatestCount { continue }
                    counts[place] += 1
                }
                let link = Int32(links.count)
                links.append(Link(item: Int32(item), next: -1))
                if last >= 0 { links[Int(last)].next = link } else { ends[name].first = link }
                ends[name].last = link
            }
        }
    }

    /// The numbers of the sets that the class `name` is in.
    subscript(name: Int) -> [Int] {
        var found: [Int] = []
        var link = ends[name].first
        while link >= 0 {
            found.append(Int(links[Int(link)].item))
            link = links[Int(link)].next
        }
        return found
    }
}
