import Prober

extension ChainWalk {
    /// Lets `statement` act on `front`; what goes on to the next statement is added to `next`.
    mutating func take(
        _ statement: Statement, _ front: Front, _ position: RulePosition,
        _ thread: inout Thread, _ exits: inout Exits, _ next: inout [Front]
    ) {
        let packet = front.packet
        switch statement {
        case .match(let match):
            narrow(front, matcher.condition(match, packet), &exits, &next)
        case .either(let matches, let isNegated):
            let condition = matches.reduce(PortCondition.never) {
                $0.or(matcher.condition($1, packet))
            }
            narrow(front, isNegated ? condition.negated : condition, &exits, &next)
        case .never: narrow(front, .never, &exits, &next)
        case .opaqueMatch(let text):
            narrow(front, .unknown(.notUnderstood(text)), &exits, &next)
        case .rate(let text, let goesOnAbove):
            switch matcher.assumption {
            case .strict: narrow(front, .unknown(.rate(text)), &exits, &next)
            case .nominal: narrow(front, .known(!goesOnAbove), &exits, &next)
            }
        case .transparent: next.append(front)
        case .verdict(let verdict):
            follow(verdict, front, position, &thread, &exits, &next)
        case .verdictMap(let key, let source):
            lookUp(key, source, front, position, &thread, &exits, &next)
        case .reject(let reject):
            guard let rejection = Rejection(reject, for: packet) else {
                return narrow(front, .never, &exits, &next)
            }
            // There the kernel does not get every refusal out; measured, and not followed.
            if base.kind == .nat {
                return emit(
                    front, position, &thread, because: [.notUnderstood("reject in a nat chain")]
                ) { .ended(.undecided, $1, $2) }
            }
            emit(front, position, &thread) { .ended(.reject(rejection), $1, $2) }
        case .opaque(let text):
            emit(front, position, &thread, because: [.notUnderstood(text)]) {
                .ended(.undecided, $1, $2)
            }
        case .translate(let translation):
            translate(translation, front, position, &thread, &exits, &next)
        case .translateSource:
            guard base.kind == .nat, packet.isTracked != false else {
                return next.append(front)
            }
            var front = front
            guard !packet.isSourceChosen else { return next.append(front) }
            front.packet.isSourceChosen = true
            if base.hook == .input { front.packet.source = .unknown(.translation) }
            emit(front, position, &thread) { .accepted($0, $1, $2) }
        case .setMark(let kind, let expression):
            guard expression.usesConnection, packet.isTracked != true else {
                return next.append(Self.marked(front, kind, expression))
            }
            // Without a connection nftables stops the rule, and iptables sets nothing.
            switch (matcher.ruleset.tables[matcher.table].engine, packet.isTracked) {
            case (.nftables, false): narrow(front, .never, &exits, &next)
            case (.nftables, _):
                if let part = front.narrowed(.unknown(.connection)) {
                    next.append(Self.marked(part, kind, .unknown))
                }
            case (.iptables, false), (.legacy, false): next.append(front)
            case (.iptables, _), (.legacy, _):
                next.append(Self.marked(front, kind, .unknown))
            }
        case .untrack:
            guard packet.connection == .none, base.priority <= -200 else {
                return next.append(front)
            }
            next.append(Self.changed(front) { $0.connection = .untracked })
        case .changeSet(let name):
            next.append(Self.changed(front) { $0.changedSets.insert(name) })
        }
    }

    /// What of the front fulfils `condition` goes on in the rule; if the rule changed it before,
    /// the rest goes on after it.
    private func narrow(
        _ front: Front, _ condition: PortCondition, _ exits: inout Exits,
        _ next: inout [Front]
    ) {
        if let part = front.narrowed(condition) { next.append(part) }
        if front.isChanged, let rest = front.narrowed(condition.negated) {
            exits.changed.append(rest)
        }
    }

    private static func changed(_ front: Front, _ change: (inout Packet) -> Void) -> Front {
        var front = front
        change(&front.packet)
        front.isChanged = true
        return front
    }

    private static func marked(
        _ front: Front, _ kind: MarkKind, _ expression: MarkExpression
    ) -> Front {
        let value = front.packet.value(of: expression)
        switch kind {
        case .packet: return changed(front) { $0.mark = value }
        case .connection:
            if front.packet.isTracked == false { return front }
            return changed(front) { $0.connectionMark = value }
        }
    }

    private mutating func follow(
        _ verdict: RuleVerdict, _ front: Front, _ position: RulePosition,
        _ thread: inout Thread, _ exits: inout Exits, _ next: inout [Front]
    ) {
        switch verdict {
        case .accept: emit(front, position, &thread) { .accepted($0, $1, $2) }
        case .drop: emit(front, position, &thread) { .ended(.drop, $1, $2) }
        case .goOn: next.append(front)
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
        _ key: Key, _ source: VerdictSource, _ front: Front, _ position: RulePosition,
        _ thread: inout Thread, _ exits: inout Exits, _ next: inout [Front]
    ) {
        let map: ValueMap<RuleVerdict>
        switch source {
        case .entries(let entries): map = entries
        case .named(let name):
            let table = matcher.ruleset.tables[matcher.table]
            guard let named = table.verdictMaps[name],
                !matcher.isChanging(name, front.packet)
            else {
                return emit(front, position, &thread, because: [.unreadableSet(name)]) {
                    .ended(.undecided, $1, $2)
                }
            }
            map = named
        }
        var missed = PortCondition.always
        for (verdict, condition) in matcher.lookUp(key, in: map, front.packet) {
            missed = missed.and(condition.negated)
            guard let part = front.narrowed(condition) else { continue }
            follow(verdict, part, position, &thread, &exits, &next)
        }
        if front.isChanged, let rest = front.narrowed(missed) { exits.changed.append(rest) }
    }

    private mutating func translate(
        _ translation: DestinationTranslation, _ front: Front, _ position: RulePosition,
        _ thread: inout Thread, _ exits: inout Exits, _ next: inout [Front]
    ) {
        let packet = front.packet
        let family = translation.family ?? packet.family
        let isDestinationHook = base.hook == .prerouting || base.hook == .output
        guard base.kind == .nat, isDestinationHook, family == packet.family,
            packet.isTracked != false, !packet.isDestinationChosen
        else { return next.append(front) }
        var missed = PortCondition.always
        for part in matcher.translated(packet, by: translation) {
            missed = missed.and(part.condition.negated)
            guard var narrowed = front.narrowed(part.condition) else { continue }
            if let packet = part.packet {
                narrowed.packet = packet
                emit(narrowed, position, &thread, because: part.reasons) {
                    .accepted($0, $1, $2)
                }
            } else {
                emit(narrowed, position, &thread, because: part.reasons) {
                    .ended(.undecided, $1, $2)
                }
            }
        }
        if front.isChanged, let rest = front.narrowed(missed) { exits.changed.append(rest) }
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
