import Prober

/// For which destination ports something holds.
///
/// What is in neither set does not hold.
struct PortCondition {
    /// Where it certainly holds.
    var yes: PortSet
    /// Where it may hold; never a port of `yes`.
    var maybe: PortSet
    /// Why it cannot be told for those.
    var reasons: [FirewallUnknown]

    init(yes: PortSet, maybe: PortSet = .none, reasons: [FirewallUnknown] = []) {
        self.yes = yes
        self.maybe = maybe
        self.reasons = maybe.isEmpty ? [] : reasons
    }

    static let always = PortCondition(yes: .everything)
    static let never = PortCondition(yes: .none)

    static func unknown(_ reason: FirewallUnknown) -> PortCondition {
        PortCondition(yes: .none, maybe: .everything, reasons: [reason])
    }

    static func known(_ holds: Bool) -> PortCondition { holds ? .always : .never }

    var isNever: Bool { yes.isEmpty && maybe.isEmpty }
    var isAlways: Bool { yes.isEverything }

    /// Where both hold.
    func and(_ other: PortCondition) -> PortCondition {
        if isAlways || other.isNever { return other }
        if other.isAlways || isNever { return self }
        let both = yes.intersection(other.yes)
        if maybe.isEmpty && other.maybe.isEmpty { return PortCondition(yes: both) }
        let possible = yes.union(maybe).intersection(other.yes.union(other.maybe))
        return PortCondition(
            yes: both, maybe: possible.subtracting(both), reasons: reasons.joined(other.reasons))
    }

    /// Where at least one holds.
    func or(_ other: PortCondition) -> PortCondition {
        if isAlways || other.isNever { return self }
        if other.isAlways || isNever { return other }
        let one = yes.union(other.yes)
        return PortCondition(
            yes: one, maybe: maybe.union(other.maybe).subtracting(one),
            reasons: reasons.joined(other.reasons))
    }

    /// Where it does not hold.
    var negated: PortCondition {
        PortCondition(
            yes: PortSet.everything.subtracting(yes.union(maybe)), maybe: maybe, reasons: reasons)
    }
}

extension [FirewallUnknown] {
    /// Both lists, each reason once.
    func joined(_ others: [FirewallUnknown]) -> [FirewallUnknown] {
        if others.isEmpty { return self }
        return others.reduce(into: self) { all, reason in
            if !all.contains(reason) { all.append(reason) }
        }
    }
}
