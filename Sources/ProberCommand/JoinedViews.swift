import ArgumentParser
import Prober
import Reconcile

/// Files of the views of one host, joined: what a scan saw, or what the rules say without one.
struct JoinedViews {
    private let views: ViewOptions
    private let policyFile: String?
    /// The sources that packets are followed from without a scan; empty means everywhere.
    private let sources: [String]
    /// What was recorded on the host.
    private let witnesses: [Witness]
    /// What findings are judged by; nil when there is no policy file.
    private let declaration: Declaration?

    /// What findings were judged by; nil when nothing was declared.
    var target: Target? { declaration?.target }

    /// The views that `options` name, judged by the declarations that `declarations` name.
    init(
        _ options: ViewOptions, _ declarations: DeclarationOptions, from sources: [String] = [],
        witnesses: [Witness] = []
    ) throws(InputError) {
        self.witnesses = witnesses
        views = options
        policyFile = declarations.policy
        self.sources = sources
        declaration = try declarations.declaration()
    }

    /// Refuses what there is nothing to conclude from.
    static func check(_ views: ViewOptions, _ declarations: DeclarationOptions) throws {
        guard views.scan.isEmpty else { return }
        if views.host.isEmpty && views.ruleset.isEmpty {
            throw ValidationError(
                "There is nothing to compare: give a --scan, or a --host report with its rules.")
        }
        if views.host.isEmpty && declarations.policy == nil {
            throw ValidationError(
                "Rules alone are compared with nothing: give a --host or a --policy, or ask "
                    + "prober firewall query.")
        }
    }

    /// What the files come to, a vantage each.
    func reconciliations() throws(InputError) -> [Reconciliation] {
        try reconciliationsAndWire().reconciliations
    }

    /// The same, and what was seen on the wire.
    func reconciliationsAndWire() throws(InputError) -> (
        reconciliations: [Reconciliation], wire: [WireGroup]
    ) {
        let (surveys, receipts) = try views.surveys(seenBy: witnesses)
        let report = try views.report()
        let rules = try views.rules()
        if surveys.isEmpty { return (try predictions(of: report, rules), []) }
        let reconciliations = reconcile(
            surveys, with: report, under: declaration?.policy ?? Policy(),
            declared: try declaration?.addresses(
                scanned: TargetSet(surveys.flatMap(\.plan.targets))),
            probe: target?.settings.probe, ruleset: rules, receipts: receipts)
        return (reconciliations, surveys.flatMap(\.wire))
    }

    /// What the rules say without a scan.
    private func predictions(
        of report: HostReport?, _ rules: Ruleset?
    ) throws(InputError) -> [Reconciliation] {
        guard rules != nil || report?.rulesets.isEmpty == false else {
            throw InputError(
                views.host.joined(separator: " "), problem: "there are no firewall rules in it",
                remedy: "Give a --scan to see what is reachable, or a --ruleset to predict it.")
        }
        let policy = declaration?.policy ?? Policy()
        let named = try declaration?.addresses(scanned: TargetSet())
        let isThisHost = declaration?.target.addresses.contains { $0.kind == .thisHost } ?? true
        if report == nil, named?.isEmpty ?? true {
            throw InputError(
                policyFile ?? "--policy", problem: "no address says where packets would go",
                remedy: "Give a --host report, or name the addresses of the target.")
        }
        var vantages: [Vantage] = []
        for text in sources {
            guard let address = IPAddress(text) else {
                throw InputError(
                    "--from", problem: "\"\(text)\" is no address",
                    remedy: "Give one IPv4 or IPv6 address, without a zone or prefix.")
            }
            vantages.append(Vantage(name: "\(address)", addresses: [address]))
        }
        if vantages.isEmpty {
            vantages = Vantage.everywhere(under: policy, of: report, ruleset: rules)
        }
        let predictions = predict(
            for: report, under: policy, at: isThisHost ? nil : named, from: vantages, ruleset: rules
        )
        guard !predictions.isEmpty else {
            throw InputError(
                views.host.isEmpty ? policyFile ?? "--policy" : views.host.joined(separator: " "),
                problem: "no address says where packets would go",
                remedy: "Give a report with the host's addresses, such as prober host writes, or "
                    + "name the addresses of the target; --from needs one of its own family.")
        }
        return predictions
    }
}
