import Prober

extension ChainWalk {
    /// Lets `statement` act on `front`; whether the front goes on to the next statement.
    mutating func take(
        _ statement: Statement, _ front: inout Front, _ cursor: Cursor,
        _ thread: inout Thread, _ exits: inout Exits
    ) -> Bool {
        let position = cursor.position
        switch statement {
        case .match(let match):
            return narrow(&front, matcher.condition(match, pool[front.packet]), &exits)
        case .either(let matches, let isNegated):
            let packet = pool[front.packet]
            let condition = matches.reduce(PortCondition.never) {
                $0.or(matcher.condition($1, packet))
            }
            return narrow(&front, isNegated ? condition.negated : condition, &exits)
        case .never: return narrow(&front, .never, &exits)
        case .opaqueMatch(let text):
            return narrow(&front, .unknown(.notUnderstood(text)), &exits)
        case .unlistedFamily: return narrow(&front, .unknown(.unlistedFamily), &exits)
        case .rate(let text, let goesOnAbove):
            switch matcher.assumption {
            case .strict: return narrow(&front, .unknown(.rate(text)), &exits)
            case .nominal: return narrow(&front, .known(!goesOnAbove), &exits)
            }
        case .transparent: return true
        case .verdict(let verdict):
            return follow(verdict, front, position, &thread, &exits)
        case .verdictMap(let key, let source):
            lookUp(key, source, front, cursor, &thread, &exits)
            return false
        case .reject(let reject):
            guard let rejection = Rejection(reject, for: pool[front.packet]) else {
                return narrow(&front, .never, &exits)
            }
            // There the kernel does not get every refusal out; measured, and not followed.
            if base.kind == .nat {
                emit(
                    front, position, &thread, because: [.notUnderstood("reject in a nat chain")]
                ) { .ended(.undecided, $1, $2) }
            } else {
                emit(front, position, &thread) { .refused(rejection, $0, $1, $2) }
            }
            return false
        case .opaque(let text):
            emit(front, position, &thread, because: [.notUnderstood(text)]) {
                .ended(.undecided, $1, $2)
            }
            return false
        case .translate(let translation):
            return translate(translation, front, position, &thread, &exits)
        case .translateSource:
            var packet = pool[front.packet]
            guard base.kind == .nat, packet.isTracked != false, !packet.isSourceChosen else {
                return true
            }
            // An answer that comes from elsewhere is none, unless its source happens to stay.
            if packet.isReply {
                emit(front, position, &thread, because: [.translation]) {
                    .ended(.undecided, $1, $2)
                }
                return false
            }
            packet.isSourceChosen = true
            packet.isSourceTranslated = true
            packet.source = .unknown(.translation)
            packet.sourcePort = .oneOf(0...UInt16.max, .translation)
            front.packet = pool.number(of: packet)
            emit(front, position, &thread) { .accepted($0, $1, $2) }
            return false
        case .setMark(let kind, let expression):
            return mark(&front, kind, expression, &exits)
        case .mapMark(let kind, let key, let source):
            mapMark(kind, key, source, front, cursor, &thread, &exits)
            return false
        case .untrack:
            if pool[front.packet].connection == .none, base.priority <= -200 {
                change(&front) { $0.connection = .untracked }
            }
            return true
        case .changeSet(let name):
            change(&front) { $0.changedSets.insert(name) }
            return true
        }
    }

    /// What of the front fulfils `condition` goes on in the rule; if the rule changed it before,
    /// the rest goes on after it.
    private func narrow(
        _ front: inout Front, _ condition: PortCondition, _ exits: inout Exits
    ) -> Bool {
        if front.isChanged, let rest = front.narrowed(condition.negated) {
            exits.changed.append(rest)
        }
        front.condition = front.condition.and(condition)
        return !front.condition.isNever
    }

    private mutating func change(_ front: inout Front, _ change: (inout Packet) -> Void) {
        var packet = pool[front.packet]
        change(&packet)
        front.packet = pool.number(of: packet)
        front.isChanged = true
    }

    private mutating func follow(
        _ verdict: RuleVerdict, _ front: Front, _ position: RulePosition,
        _ thread: inout Thread, _ exits: inout Exits
    ) -> Bool {
        switch verdict {
        case .accept: emit(front, position, &thread) { .accepted($0, $1, $2) }
        case .drop: emit(front, position, &thread) { .ended(.drop, $1, $2) }
        case .goOn: return true
        case .queue:
            emit(front, position, &thread, because: [.program]) {
                .ended(.undecided, $1, $2)
            }
        case .goBack:
            exits.returned += leave(
                front, &thread, step: front.isChanged ? .rule(position) : nil)
        case .jump(let name): exits.onward += enter(name, front, position, &thread)
        case .goTo(let name): exits.returned += enter(name, front, position, &thread)
        }
        return false
    }

    /// Sends the front through the chain called `name`; gives what comes back.
    private mutating func enter(
        _ name: String, _ front: Front, _ position: RulePosition, _ thread: inout Thread
    ) -> [Thread] {
        guard let index = matcher.ruleset.tables[matcher.table].chainIndex(name) else {
            emit(front, position, &thread, because: [.notUnderstood("chain \(name)")]) {
                .ended(.undecided, $1, $2)
            }
            return []
        }
        let before = thread.path
        var back: [Thread] = []
        for entering in leave(front, &thread, step: .rule(position)) {
            back += walk(index, [entering])
        }
        return back.map { thread in
            var thread = thread
            // The way back out of a chain that did nothing is no part of the explanation.
            if thread.packet == front.packet && !front.isChanged { thread.path = before }
            return thread
        }
    }

    private mutating func lookUp(
        _ key: Key, _ source: VerdictSource, _ front: Front, _ cursor: Cursor,
        _ thread: inout Thread, _ exits: inout Exits
    ) {
        let packet = pool[front.packet]
        let map: ValueMap<RuleVerdict>
        switch source {
        case .entries(let entries): map = entries
        case .named(let name):
            let table = matcher.ruleset.tables[matcher.table]
            guard let named = table.verdictMaps[name], !matcher.isChanging(name, packet) else {
                return emit(front, cursor.position, &thread, because: [.unreadableSet(name)]) {
                    .ended(.undecided, $1, $2)
                }
            }
            map = named
        }
        let found = matcher.lookUp(key, in: map, packet)
        for (verdict, condition) in found {
            guard let part = front.narrowed(condition) else { continue }
            if follow(verdict, part, cursor.position, &thread, &exits) {
                perform(cursor, part, &thread, &exits)
            }
        }
        keep(front, without: found.map(\.condition), &exits)
    }

    /// What no entry of a map was for goes on after the rule, if the rule changed it before.
    private func keep(
        _ front: Front, without conditions: [PortCondition], _ exits: inout Exits
    ) {
        guard front.isChanged else { return }
        let missed = conditions.reduce(PortCondition.always) { $0.and($1.negated) }
        if let rest = front.narrowed(missed) { exits.changed.append(rest) }
    }

    private mutating func translate(
        _ translation: DestinationTranslation, _ front: Front, _ position: RulePosition,
        _ thread: inout Thread, _ exits: inout Exits
    ) -> Bool {
        let packet = pool[front.packet]
        let family = translation.family ?? packet.family
        let isDestinationHook = base.hook == .prerouting || base.hook == .output
        guard base.kind == .nat, isDestinationHook, family == packet.family,
            packet.isTracked != false, !packet.isDestinationChosen
        else { return true }
        let parts = matcher.translated(packet, by: translation)
        for var part in parts {
            // An answer that goes elsewhere is none, unless its destination happens to stay.
            if packet.isReply {
                part.packet = nil
                part.reasons = [.translation]
            }
            guard var narrowed = front.narrowed(part.condition) else { continue }
            if let packet = part.packet {
                narrowed.packet = pool.number(of: packet)
                emit(narrowed, position, &thread, because: part.reasons) {
                    .accepted($0, $1, $2)
                }
            } else {
                emit(narrowed, position, &thread, because: part.reasons) {
                    .ended(.undecided, $1, $2)
                }
            }
        }
        keep(front, without: parts.map(\.condition), &exits)
        return false
    }
}

// Marks.
extension ChainWalk {
    private mutating func mark(
        _ front: inout Front, _ kind: MarkKind, _ expression: MarkExpression,
        _ exits: inout Exits
    ) -> Bool {
        let packet = pool[front.packet]
        guard expression.usesConnection, packet.isTracked != true else {
            set(&front, kind, packet.value(of: expression))
            return true
        }
        // Without a connection nftables stops the rule, and iptables sets nothing.
        switch (matcher.ruleset.tables[matcher.table].engine, packet.isTracked) {
        case (.nftables, false): return narrow(&front, .never, &exits)
        case (.nftables, _):
            guard narrow(&front, .unknown(.connection), &exits) else { return false }
            set(&front, kind, MarkFact(known: 0))
        case (.iptables, false), (.legacy, false): break
        case (.iptables, _), (.legacy, _): set(&front, kind, MarkFact(known: 0))
        }
        return true
    }

    private mutating func set(_ front: inout Front, _ kind: MarkKind, _ value: MarkFact) {
        switch kind {
        case .packet: change(&front) { $0.mark = value }
        case .connection:
            if pool[front.packet].isTracked == false { return }
            change(&front) { $0.connectionMark = value }
        }
    }

    /// Sets a mark to what a map has for the packet; without an entry the rule ends.
    private mutating func mapMark(
        _ kind: MarkKind, _ key: Key, _ source: ValueSource, _ front: Front, _ cursor: Cursor,
        _ thread: inout Thread, _ exits: inout Exits
    ) {
        let packet = pool[front.packet]
        guard let map = matcher.map(source, packet) else {
            // It may set the mark to anything, or end the rule.
            var front = front
            if narrow(&front, .unknown(.mark), &exits) {
                set(&front, kind, MarkFact(known: 0))
                perform(cursor, front, &thread, &exits)
            }
            return
        }
        let found = matcher.lookUp(key, in: map, packet)
        for (fields, condition) in found {
            guard var part = front.narrowed(condition) else { continue }
            set(&part, kind, MarkFact(fields))
            perform(cursor, part, &thread, &exits)
        }
        keep(front, without: found.map(\.condition), &exits)
    }
}

extension MarkFact {
    /// What is known of a mark that a map gives as `fields`.
    fileprivate init(_ fields: [Pattern]) {
        guard fields.count == 1, case .range(let range) = fields[0],
            range.lowerBound == range.upperBound, let value = UInt32(exactly: range.lowerBound)
        else {
            self.init(known: 0)
            return
        }
        self.init(value: value, known: .max)
    }
}

extension MarkExpression {
    /// Whether the number depends on the connection's mark.
    fileprivate var usesConnection: Bool {
        switch self {
        case .constant, .mark(.packet), .unknown: false
        case .mark(.connection): true
        case .and(let left, let right), .or(let left, let right), .xor(let left, let right):
            left.usesConnection || right.usesConnection
        }
    }
}

extension Packet {
    /// Whether the kernel follows the packet's connection; nil when that is not known.
    var isTracked: Bool? {
        switch connection {
        case .none, .untracked: false
        case .tracked: true
        case .unknown: nil
        }
    }

    /// What is known of the number that `expression` has for the packet.
    func value(of expression: MarkExpression) -> MarkFact {
        switch expression {
        case .constant(let number): MarkFact(value: number, known: .max)
        case .mark(.packet): mark
        case .mark(.connection): isTracked == true ? connectionMark : MarkFact(known: 0)
        case .and(let left, let right): value(of: left).combined(value(of: right), .and)
        case .or(let left, let right): value(of: left).combined(value(of: right), .or)
        case .xor(let left, let right): value(of: left).combined(value(of: right), .xor)
        case .unknown: MarkFact(known: 0)
        }
    }
}

extension Rejection {
    /// What the sender of `packet` gets, or nil when the statement does nothing to such packets.
    init?(_ statement: RejectStatement, for packet: Packet) {
        switch statement {
        case .tcpReset:
            guard packet.transport == 6 else { return nil }
            self = .tcpReset
        case .icmp(let code):
            guard packet.family == .ipv4 else { return nil }
            self = .icmp(ICMPError(.ipv4, type: 3, code: code))
        case .icmpv6(let code):
            guard packet.family == .ipv6 else { return nil }
            self = .icmp(ICMPError(.ipv6, type: 1, code: code))
        case .either(let code):
            // no-route, port-unreachable, host-unreachable, admin-prohibited (nf_tables.h).
            let codes: [UInt8] = packet.family == .ipv4 ? [0, 3, 1, 13] : [0, 4, 3, 1]
            guard Int(code) < codes.count else { return nil }
            self = .icmp(
                ICMPError(
                    packet.family, type: packet.family == .ipv4 ? 3 : 1,
                    code: codes[Int(code)]))
        }
    }
}
