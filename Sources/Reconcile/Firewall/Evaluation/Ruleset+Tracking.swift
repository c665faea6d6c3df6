extension Ruleset {
    /// Whether some rule makes the kernel track connections of `family`.
    ///
    /// Linux does so in a network namespace only while something needs it (nf_ct_netns_get): an
    /// expression about connections, or a translation. Without that, packets have no connection, and
    /// chains of the kind nat do not see them (nf_nat_inet_fn). A dormant table needs it too.
    func tracksConnections(over family: IPFamily) -> Bool {
        tables.contains { table in
            table.family.sees(family)
                && table.chains.contains { $0.rules.contains(where: \.needsConnections) }
        }
    }
}

extension Rule {
    /// Whether the rule says anything about connections, or changes them.
    fileprivate var needsConnections: Bool {
        statements.contains { statement in
            switch statement {
            case .match(let match): match.key.isAboutConnection
            case .either(let matches, _): matches.contains { $0.key.isAboutConnection }
            case .verdictMap(let key, _): key.isAboutConnection
            case .setMark(let kind, let value): kind == .connection || value.isAboutConnection
            case .mapMark(let kind, let key, _): kind == .connection || key.isAboutConnection
            case .translate, .translateSource: true
            case .never, .verdict, .reject, .unlistedFamily, .untrack, .rate, .changeSet,
                .transparent, .opaqueMatch, .opaque:
                false
            }
        }
    }
}

extension Key {
    fileprivate var isAboutConnection: Bool {
        selectors.contains { selector in
            switch selector {
            case .connectionState, .connectionStatus, .connectionDirection, .connectionAddress,
                .connectionPort, .mark(.connection):
                true
            default: false
            }
        }
    }
}

extension MarkExpression {
    fileprivate var isAboutConnection: Bool {
        switch self {
        case .mark(let kind): kind == .connection
        case .and(let left, let right), .or(let left, let right), .xor(let left, let right):
            left.isAboutConnection || right.isAboutConnection
        case .constant, .unknown: false
        }
    }
}
