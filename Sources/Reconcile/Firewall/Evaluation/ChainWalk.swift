import Prober

/// Follows packets of many ports through one base chain at once.
///
/// What is not known forks: a port whose packet may match a rule goes both ways. So every way a
/// packet can take is among those followed, and a port of which all ways end alike is decided.
struct ChainWalk {
    /// How a packet leaves the chain.
    enum Event {
        /// On to the next chain, as the packet has become.
        case accepted(PacketPool.Number, PortSet, PathArena.Path)
        case ended(FirewallAction, PortSet, PathArena.Path)
        /// Refused, as the packet had become by then.
        case refused(Rejection, PacketPool.Number, PortSet, PathArena.Path)
    }

    /// Packets of several ports that are alike.
    struct Thread {
        var packet: PacketPool.Number
        var ports: PortBits
        var path: PathArena.Path
    }

    /// Packets that have come to some statement of a rule.
    struct Front {
        var packet: PacketPool.Number
        var condition = PortCondition.always
        /// Whether the rule changed the packet.
        var isChanged = false

        /// The part of it for which `condition` holds; nil when there is none.
        func narrowed(_ condition: PortCondition) -> Front? {
            var front = self
            front.condition = front.condition.and(condition)
            return front.condition.isNever ? nil : front
        }
    }

    /// A rule that is being applied, and the statement that comes next in it.
    struct Cursor {
        let statements: [Statement]
        let position: RulePosition
        var next = 0
    }

    /// Where packets are after a rule that did not end their way.
    struct Exits {
        /// Out of the chain, by `return` or `goto`.
        var returned: [Thread] = []
        /// On to the next rule, changed, or back from another chain.
        var onward: [Thread] = []
        /// On to the next rule, changed by this one before it ceased to match.
        var changed: [Front] = []
    }

    let matcher: Matcher
    let base: BaseChain
    /// How many more rules may be looked at, all chains together.
    private(set) var budget: Int
    var arena: PathArena
    var pool = PacketPool()
    var events: [Event] = []
    private var depth = 0

    init(_ matcher: Matcher, base: BaseChain, budget: Int, arena: PathArena) {
        self.matcher = matcher
        self.base = base
        self.budget = budget
        self.arena = arena
    }

    /// Follows `packet` for `ports` through the chain at `index`.
    mutating func run(_ index: Int, _ packet: Packet, _ ports: PortSet) {
        let start = Thread(
            packet: pool.number(of: packet), ports: PortBits(ports), path: PathArena.empty)
        for var thread in walk(index, [start]) {
            let ports = thread.ports.ports
            let path = arena.append(
                .policy(table: matcher.table, chain: index), to: thread.path)
            if base.drops {
                events.append(.ended(.drop, ports, path))
            } else {
                events.append(.accepted(thread.packet, ports, path))
            }
        }
    }

    /// The threads that come out of a chain at its end, or by a `return`.
    mutating func walk(_ index: Int, _ start: [Thread]) -> [Thread] {
        depth += 1
        // To enter a chain costs more than to look at a rule.
        budget -= 50
        defer { depth -= 1 }
        guard depth <= 64 else {
            giveUp(start)
            return []
        }
        var threads = start
        var exits = Exits()
        let rules = matcher.ruleset.tables[matcher.table].chains[index].rules
        for rule in rules.indices {
            budget -= threads.count
            guard budget > 0, threads.count <= 512 else {
                giveUp(threads)
                return []
            }
            let cursor = Cursor(
                statements: rules[rule].statements,
                position: RulePosition(table: matcher.table, chain: index, rule: rule))
            for thread in threads.indices { apply(cursor, &threads[thread], &exits) }
            if !exits.onward.isEmpty {
                threads = Self.merged(threads + exits.onward)
                exits.onward = []
            }
            if threads.contains(where: \.ports.isEmpty) {
                threads.removeAll(where: \.ports.isEmpty)
                if threads.isEmpty { break }
            }
        }
        return Self.merged(exits.returned + threads)
    }

    private mutating func giveUp(_ threads: [Thread]) {
        for var thread in threads {
            let path = arena.append(nil, to: thread.path, because: [.tooComplex])
            events.append(.ended(.undecided, thread.ports.ports, path))
        }
    }

    /// The threads of the same packet as one; those without ports are left out.
    private static func merged(_ threads: [Thread]) -> [Thread] {
        guard threads.count > 1 else { return threads }
        var merged: [Thread] = []
        var places: [PacketPool.Number: Int] = [:]
        for thread in threads where !thread.ports.isEmpty {
            if let place = places[thread.packet] {
                merged[place].ports.formUnion(thread.ports)
            } else {
                places[thread.packet] = merged.count
                merged.append(thread)
            }
        }
        return merged
    }

    /// Applies a rule to a thread, which keeps what goes on unchanged.
    private mutating func apply(_ cursor: Cursor, _ thread: inout Thread, _ exits: inout Exits) {
        perform(cursor, Front(packet: thread.packet), &thread, &exits)
        for front in exits.changed {
            exits.onward += leave(front, &thread, step: .rule(cursor.position))
        }
        exits.changed = []
    }

    /// Takes `front` through what is left of a rule.
    mutating func perform(
        _ cursor: Cursor, _ front: Front, _ thread: inout Thread, _ exits: inout Exits
    ) {
        var cursor = cursor
        var front = front
        while cursor.next < cursor.statements.count {
            let statement = cursor.statements[cursor.next]
            cursor.next += 1
            guard take(statement, &front, cursor, &thread, &exits) else { return }
        }
        // The rule ended without a verdict: what it changed goes on changed.
        if front.isChanged { exits.changed.append(front) }
    }

    /// The ports of `thread` that are in `front` for certain, and maybe.
    func split(_ front: Front, _ thread: inout Thread) -> (yes: PortSet, maybe: PortSet) {
        let maybe = front.condition.maybe
        return (
            thread.ports.intersection(front.condition.yes),
            maybe.isEmpty ? .none : thread.ports.intersection(maybe)
        )
    }

    /// Takes the front's ports out of the thread, as threads of their own.
    mutating func leave(
        _ front: Front, _ thread: inout Thread, step: PathArena.Step?
    ) -> [Thread] {
        let (yes, maybe) = split(front, &thread)
        thread.ports.subtract(yes)
        var out: [Thread] = []
        for (ports, reasons) in [(yes, []), (maybe, front.condition.reasons)]
        where !ports.isEmpty {
            let path =
                step == nil && reasons.isEmpty
                ? thread.path : arena.append(step, to: thread.path, because: reasons)
            out.append(Thread(packet: front.packet, ports: PortBits(ports), path: path))
        }
        return out
    }

    /// Takes the front's ports out of the thread; where they go is for `event` to say.
    mutating func emit(
        _ front: Front, _ position: RulePosition, _ thread: inout Thread,
        because extra: [FirewallUnknown] = [],
        _ event: (PacketPool.Number, PortSet, PathArena.Path) -> Event
    ) {
        let (yes, maybe) = split(front, &thread)
        if !yes.isEmpty {
            thread.ports.subtract(yes)
            let path = arena.append(.rule(position), to: thread.path, because: extra)
            events.append(event(front.packet, yes, path))
        }
        if !maybe.isEmpty {
            let path = arena.append(
                .rule(position), to: thread.path, because: front.condition.reasons + extra)
            events.append(event(front.packet, maybe, path))
        }
    }
}
